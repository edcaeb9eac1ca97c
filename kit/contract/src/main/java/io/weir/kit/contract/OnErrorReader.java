package io.weir.kit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A column's {@code onError} and {@code onErrorValue}, among its custom properties. */
final class OnErrorReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private enum Policy {
        NULL,
        DEFAULT,
        QUARANTINE,
        FAIL
    }

    private OnErrorReader() {}

    static OnError read(Fields property, Column column) {
        Fields policy = null;
        Fields value = null;
        for (Fields custom : property.objects("customProperties")) {
            switch (String.valueOf(custom.textOr("property", null))) {
                case "onError" -> policy = custom;
                case "onErrorValue" -> value = custom;
                default -> {}
            }
        }
        if (value != null && (policy == null || isNull(policy) || !"default".equals(policy.textOr("value", null)))) {
            value.problem("property", "onErrorValue counts only beside {property: onError, value: default}");
        }
        if (policy == null) {
            return OnError.UNSAID;
        }
        Fields.Text word = isNull(policy) ? null : policy.placed("value");
        Policy chosen = isNull(policy)
                ? Policy.NULL
                : word == null ? Policy.QUARANTINE : policy.oneOf("onError", word, Policy.class, Policy.QUARANTINE);
        return switch (chosen) {
            case QUARANTINE -> new OnError.Quarantine(true);
            case FAIL -> new OnError.Fail();
            case NULL -> {
                if (!column.nullable()) {
                    policy.problem("value", "onError: null on a required column: take default, or leave required out");
                }
                yield new OnError.Null();
            }
            case DEFAULT -> byDefault(policy, value, column);
        };
    }

    /** An unquoted null is meant as the word. */
    private static boolean isNull(Fields policy) {
        return policy.value("value") instanceof ScalarNode scalar && Tag.NULL.equals(scalar.getTag());
    }

    private static OnError byDefault(Fields policy, @Nullable Fields value, Column column) {
        String text = value == null ? null : value.textOr("value", null);
        if (value == null || text == null) {
            policy.problem("value", "onError: default needs a value: add {property: onErrorValue, value: ...}");
            return OnError.UNSAID;
        }
        try {
            JsonNode json =
                    switch (column.type()) {
                        case DataType.Bool _,
                                DataType.Int _,
                                DataType.BigInt _,
                                DataType.Real _,
                                DataType.DoublePrecision _,
                                DataType.Decimal _,
                                DataType.Array _,
                                DataType.Struct _,
                                DataType.Mapping _ -> JSON.readTree(text);
                        case DataType.Varchar _,
                                DataType.Date _,
                                DataType.Time _,
                                DataType.Timestamp _,
                                DataType.Varbinary _ -> JsonNodeFactory.instance.textNode(text);
                    };
            Object read = JsonRows.read(
                    JsonNodeFactory.instance.objectNode().set(column.name(), json),
                    new RowType(List.of(new Column(column.name(), column.type(), false))))[0];
            return new OnError.Default(java.util.Objects.requireNonNull(read));
        } catch (JsonRowException | JsonProcessingException e) {
            value.problem("value", "onErrorValue \"%s\" is no %s".formatted(text, TypeNames.sql(column.type())));
            return OnError.UNSAID;
        }
    }
}
