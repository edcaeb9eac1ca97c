package io.weir.kit.contract;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * The fields of one mapping in a YAML 1.2 file, each with its place.
 *
 * <p>Reading never throws for a mistake in the file: it adds a {@link Problem} and answers null, so that all mistakes are found in one go.
 */
final class Fields {

    /** A text with its place. */
    record Text(String value, Node node) {}

    private final String file;
    private final Node node;
    private final Map<String, NodeTuple> entries = new LinkedHashMap<>();
    private final List<Problem> problems;

    Fields(String file, MappingNode node, List<Problem> problems) {
        this.file = file;
        this.node = node;
        this.problems = problems;
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode key) {
                if (entries.putIfAbsent(key.getValue(), tuple) != null) {
                    problem(key, "field \"%s\" appears twice: remove one".formatted(key.getValue()));
                }
            } else {
                problem(tuple.getKeyNode(), "a field's name is a word, not a structure");
            }
        }
    }

    /** The file's only document, or null (with a problem added) where it cannot be read or is no mapping. */
    static @Nullable Fields read(Path path, String file, List<Problem> problems) {
        return of(document(path, file, problems), file, problems);
    }

    /** As {@link #read}, of a text. */
    static @Nullable Fields parse(String text, String file, List<Problem> problems) {
        return of(compose(text, file, problems), file, problems);
    }

    private static @Nullable Fields of(@Nullable Node root, String file, List<Problem> problems) {
        if (root instanceof MappingNode mapping) {
            return new Fields(file, mapping, problems);
        }
        if (root != null) {
            problems.add(new Problem(file, 1, 1, "expected fields (name: value), found " + kind(root)));
        }
        return null;
    }

    /** The file's only document, of any kind, or null (with a problem added) where it cannot be read or is empty. */
    static @Nullable Node document(Path path, String file, List<Problem> problems) {
        String text;
        try {
            text = Files.readString(path);
        } catch (NoSuchFileException e) {
            problems.add(new Problem(file, 0, 0, "no such file"));
            return null;
        } catch (IOException e) {
            problems.add(new Problem(file, 0, 0, "cannot be read: " + e));
            return null;
        }
        return compose(text, file, problems);
    }

    private static @Nullable Node compose(String text, String file, List<Problem> problems) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel(file)
                .setSchema(new CoreSchema())
                .build();
        try {
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                problems.add(new Problem(file, 1, 1, "expected fields (name: value), found nothing"));
            }
            return root.orElse(null);
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark().orElse(null);
            problems.add(new Problem(
                    file,
                    mark == null ? 0 : mark.getLine() + 1,
                    mark == null ? 0 : mark.getColumn() + 1,
                    "not YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(new Problem(file, 0, 0, "not YAML: " + e.getMessage()));
        }
        return null;
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /** Reports every field that is not one of these. */
    void allow(String... names) {
        List<String> known = Arrays.asList(names);
        entries.forEach((name, tuple) -> {
            if (!known.contains(name)) {
                problem(tuple.getKeyNode(), "unknown field \"%s\"%s".formatted(name, DidYouMean.hint(name, known)));
            }
        });
    }

    /** Reports a field that must be exactly this. */
    void expect(String name, String value) {
        String found = text(name);
        if (found != null && !found.equals(value)) {
            problem(name, "%s is \"%s\": write %s".formatted(name, found, value));
        }
    }

    /** A required text; null (with a problem added) where it is missing, empty or no text. */
    @Nullable
    String text(String name) {
        if (!has(name)) {
            problem("\"%s\" is missing".formatted(name));
            return null;
        }
        return textOr(name, null);
    }

    @Nullable
    String textOr(String name, @Nullable String fallback) {
        Text text = placed(name);
        return text == null ? fallback : text.value;
    }

    @Nullable
    Text placed(String name) {
        Node value = value(name);
        return value == null ? null : text(name, value);
    }

    private @Nullable Text text(String name, Node value) {
        if (value instanceof ScalarNode scalar
                && !Tag.NULL.equals(scalar.getTag())
                && !scalar.getValue().isBlank()) {
            return new Text(scalar.getValue(), scalar);
        }
        problem(value, "\"%s\" needs a text, found %s".formatted(name, kind(value)));
        return null;
    }

    boolean flag(String name) {
        Node value = value(name);
        if (value == null) {
            return false;
        }
        if (value instanceof ScalarNode scalar && Tag.BOOL.equals(scalar.getTag())) {
            return Boolean.parseBoolean(scalar.getValue().toLowerCase(Locale.ROOT));
        }
        problem(value, "\"%s\" needs true or false, found %s".formatted(name, kind(value)));
        return false;
    }

    @Nullable
    BigDecimal number(String name) {
        Node value = value(name);
        if (value == null) {
            return null;
        }
        if (plain(value) instanceof BigDecimal number) {
            return number;
        }
        if (plain(value) instanceof Long number) {
            return BigDecimal.valueOf(number);
        }
        problem(value, "\"%s\" needs a number, found %s".formatted(name, kind(value)));
        return null;
    }

    int count(String name, int fallback) {
        Node value = value(name);
        if (value == null) {
            return fallback;
        }
        if (plain(value) instanceof Long number && number >= 0 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        problem(value, "\"%s\" needs a whole number from 0, found %s".formatted(name, kind(value)));
        return fallback;
    }

    /** Whether the field is a text in YAML: in quotes, or nothing else. */
    boolean isText(String name) {
        return value(name) instanceof ScalarNode scalar && Tag.STR.equals(scalar.getTag());
    }

    <E extends Enum<E>> E oneOf(String name, Class<E> type, E fallback) {
        Text text = placed(name);
        return text == null ? fallback : oneOf(name, text, type, fallback);
    }

    <E extends Enum<E>> E oneOf(String name, Text text, Class<E> type, E fallback) {
        List<String> words = Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .toList();
        int found = words.indexOf(text.value);
        if (found < 0) {
            problem(
                    text.node,
                    "%s \"%s\" is not known%s".formatted(name, text.value, DidYouMean.hint(text.value, words)));
            return fallback;
        }
        return type.getEnumConstants()[found];
    }

    /** A required mapping. */
    @Nullable
    Fields object(String name) {
        if (!has(name)) {
            problem("\"%s\" is missing".formatted(name));
            return null;
        }
        return objectOrNull(name);
    }

    @Nullable
    Fields objectOrNull(String name) {
        Node value = value(name);
        return value == null ? null : object(name, value);
    }

    @Nullable
    Fields object(String name, Node value) {
        if (value instanceof MappingNode mapping) {
            return new Fields(file, mapping, problems);
        }
        problem(value, "\"%s\" needs fields (name: value), found %s".formatted(name, kind(value)));
        return null;
    }

    /** The mappings of a list; empty where the field is missing. */
    List<Fields> objects(String name) {
        List<Fields> list = new ArrayList<>();
        for (Node item : items(name)) {
            Fields fields = object(name, item);
            if (fields != null) {
                list.add(fields);
            }
        }
        return list;
    }

    /** The texts of a list; empty where the field is missing. */
    List<Text> texts(String name) {
        List<Text> list = new ArrayList<>();
        for (Node item : items(name)) {
            Text text = text(name, item);
            if (text != null) {
                list.add(text);
            }
        }
        return list;
    }

    /** The texts of this mapping, by name. */
    Map<String, Text> texts() {
        Map<String, Text> texts = new LinkedHashMap<>();
        entries.forEach((name, tuple) -> {
            Text text = text(name, tuple.getValueNode());
            if (text != null) {
                texts.put(name, text);
            }
        });
        return texts;
    }

    /** All of it as maps, lists, texts, numbers and booleans. */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        entries.forEach((name, tuple) -> {
            Object value = plain(tuple.getValueNode());
            if (value != null) {
                document.put(name, value);
            }
        });
        return document;
    }

    /** A problem at the value of the named field; at this mapping where the field is missing. */
    void problem(String name, String message) {
        Node value = value(name);
        problem(value == null ? node : value, message);
    }

    /** A problem at the name of the field. */
    void problemAtName(String name, String message) {
        NodeTuple tuple = entries.get(name);
        problem(tuple == null ? node : tuple.getKeyNode(), message);
    }

    /** A problem of this mapping as a whole. */
    void problem(String message) {
        problem(node, message);
    }

    void problem(Node at, String message) {
        problems.add(TestRows.place(file, at).problem(message));
    }

    /** Where this mapping stands. */
    ModelTest.Place place() {
        return TestRows.place(file, node);
    }

    /** The fields that are there, in the file's order. */
    List<String> names() {
        return List.copyOf(entries.keySet());
    }

    /** The value of the named field as it stands in the file; null where the field is missing. */
    @Nullable
    Node value(String name) {
        NodeTuple tuple = entries.get(name);
        return tuple == null ? null : tuple.getValueNode();
    }

    /** The elements of a list; empty where the field is missing. */
    List<Node> items(String name) {
        Node value = value(name);
        if (value == null) {
            return List.of();
        }
        if (value instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        problem(value, "\"%s\" needs a list, found %s".formatted(name, kind(value)));
        return List.of();
    }

    /** What a node is, for messages. */
    static String kind(Node node) {
        return switch (node) {
            case ScalarNode scalar
            when Tag.NULL.equals(scalar.getTag()) || scalar.getValue().isBlank() -> "nothing";
            case ScalarNode scalar -> "\"%s\"".formatted(scalar.getValue());
            case SequenceNode _ -> "a list";
            default -> "fields";
        };
    }

    /** A node as maps, lists, texts, {@code Long}, {@code BigDecimal} and booleans; null where it is nothing. */
    static @Nullable Object plain(Node node) {
        switch (node) {
            case MappingNode mapping -> {
                Map<String, @Nullable Object> map = new LinkedHashMap<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    if (tuple.getKeyNode() instanceof ScalarNode key) {
                        map.put(key.getValue(), plain(tuple.getValueNode()));
                    }
                }
                return map;
            }
            case SequenceNode sequence -> {
                List<@Nullable Object> list = new ArrayList<>();
                sequence.getValue().forEach(item -> list.add(plain(item)));
                return list;
            }
            case ScalarNode scalar -> {
                String text = scalar.getValue();
                Tag tag = scalar.getTag();
                if (Tag.NULL.equals(tag)) {
                    return null;
                }
                if (Tag.BOOL.equals(tag)) {
                    return Boolean.parseBoolean(text.toLowerCase(Locale.ROOT));
                }
                if (Tag.INT.equals(tag)) {
                    BigInteger number = text.startsWith("0x")
                            ? new BigInteger(text.substring(2), 16)
                            : text.startsWith("0o") ? new BigInteger(text.substring(2), 8) : new BigInteger(text);
                    return number.bitLength() < Long.SIZE ? (Object) number.longValueExact() : new BigDecimal(number);
                }
                if (Tag.FLOAT.equals(tag)) {
                    try {
                        return new BigDecimal(text);
                    } catch (NumberFormatException e) {
                        return text; // .inf and .nan: nowhere a number that we can use
                    }
                }
                return text;
            }
            default -> throw new IllegalStateException("a YAML node of kind " + node.getNodeType());
        }
    }
}
