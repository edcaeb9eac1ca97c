package io.weir.kit.sql.function;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Iterator;
import java.util.Map;
import org.apache.calcite.linq4j.function.SemiStrict;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's operators on JSON, which is text here. Results are in the form of {@code jsonb}, but for the order of names, which stays. */
@SemiStrict
public final class Jsons {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Jsons() {}

    /** {@code json -> name}: a member of an object. */
    public static @Nullable String get(String json, String name) {
        return text(parse(json).get(name));
    }

    /** {@code json -> index}: an element of an array, from 0; negative ones count from the end. */
    public static @Nullable String get(String json, int index) {
        return text(element(parse(json), index));
    }

    /** {@code json ->> name}: a member as text. */
    public static @Nullable String getText(String json, String name) {
        return plain(parse(json).get(name));
    }

    public static @Nullable String getText(String json, int index) {
        return plain(element(parse(json), index));
    }

    /** {@code json #> '{a,0}'}: what is at the end of a path. */
    public static @Nullable String path(String json, String path) {
        return text(follow(json, path));
    }

    /** {@code json #>> '{a,0}'}. */
    public static @Nullable String pathText(String json, String path) {
        return plain(follow(json, path));
    }

    /** The same JSON with one blank behind colons and commas, in the form of PostgreSQL's binary JSON. */
    public static @Nullable String tidy(String json) {
        return text(parse(json));
    }

    private static @Nullable JsonNode follow(String json, String path) {
        JsonNode at = parse(json);
        String names = path.strip();
        if (!names.startsWith("{") || !names.endsWith("}")) {
            throw new ValueException("a path of JSON that has not the form {a,b}");
        }
        String inner = names.substring(1, names.length() - 1);
        for (String name : inner.isBlank() ? new String[0] : inner.split(",", -1)) {
            String step = name.strip();
            if (at == null) {
                return null;
            }
            if (at.isArray()) {
                if (!step.matches("-?\\d{1,9}")) {
                    return null;
                }
                at = element(at, Integer.parseInt(step));
            } else {
                at = at.get(step);
            }
        }
        return at;
    }

    private static @Nullable JsonNode element(JsonNode array, int index) {
        return array.isArray() ? array.get(index < 0 ? array.size() + index : index) : null;
    }

    private static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ValueException("the text is not JSON");
        }
    }

    private static @Nullable String plain(@Nullable JsonNode node) {
        return node == null || node.isNull() ? null : node.isTextual() ? node.textValue() : text(node);
    }

    private static @Nullable String text(@Nullable JsonNode node) {
        if (node == null || node.isMissingNode()) {
            return null;
        }
        StringBuilder out = new StringBuilder();
        write(node, out);
        return out.toString();
    }

    private static void write(JsonNode node, StringBuilder out) {
        if (node.isObject()) {
            out.append('{');
            for (Iterator<Map.Entry<String, JsonNode>> fields =
                            node.properties().iterator();
                    fields.hasNext(); ) {
                Map.Entry<String, JsonNode> field = fields.next();
                out.append(com.fasterxml.jackson.databind.node.TextNode.valueOf(field.getKey()))
                        .append(": ");
                write(field.getValue(), out);
                out.append(fields.hasNext() ? ", " : "");
            }
            out.append('}');
        } else if (node.isArray()) {
            out.append('[');
            for (int i = 0; i < node.size(); i++) {
                out.append(i == 0 ? "" : ", ");
                write(node.get(i), out);
            }
            out.append(']');
        } else if (node.isBigDecimal()) {
            out.append(node.decimalValue().toPlainString());
        } else {
            out.append(node);
        }
    }
}
