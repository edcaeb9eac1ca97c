package io.weir.kit.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * The structure of the Open Data Contract Standard v3.1.0 (<a href="https://bitol-io.github.io/open-data-contract-standard/">bitol-io</a>), and what v3.0.x calls otherwise: which
 * fields each section has and what they hold. The table is {@code odcs.yaml}; what depends on another field is here.
 */
final class Odcs {

    static final List<String> API_VERSIONS = List.of("v3.1.0", "v3.0.2", "v3.0.1", "v3.0.0");

    /** The ways to say what a quality rule's value must be; a rule has exactly one. */
    static final List<String> OPERATORS = List.of(
            "mustBe",
            "mustNotBe",
            "mustBeGreaterThan",
            "mustBeGreaterOrEqualTo",
            "mustBeLessThan",
            "mustBeLessOrEqualTo",
            "mustBeBetween",
            "mustNotBeBetween");

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern REFERENCE = Pattern.compile(
            "[A-Za-z_][A-Za-z0-9_]*\\.[A-Za-z_][A-Za-z0-9_]*"
                    + "|(?:(?:https?://)?[A-Za-z0-9._\\-/]+\\.yaml#)?/?[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+(?:/[A-Za-z_][A-Za-z0-9_]*/[A-Za-z0-9_-]+)*");
    private static final Map<String, Map<String, String>> SECTIONS = table();

    private final boolean old;

    private Odcs(boolean old) {
        this.old = old;
    }

    /** Adds a problem for every field that the standard does not know there and every value that it does not allow. */
    static void check(Fields contract) {
        String version = contract.has("apiVersion") ? contract.textOr("apiVersion", "") : "";
        if (version != null && !version.isEmpty() && !API_VERSIONS.contains(version)) {
            contract.problem(
                    "apiVersion",
                    "apiVersion \"%s\" is not known%s".formatted(version, DidYouMean.hint(version, API_VERSIONS)));
        }
        contract.expect("kind", "DataContract");
        new Odcs(version != null && version.startsWith("v3.0.")).section("contract", contract);
    }

    private void section(String section, Fields fields) {
        Map<String, String> shapes = shapes(section, fields);
        fields.allow(shapes.keySet().toArray(String[]::new));
        shapes.forEach((name, shape) -> {
            Node value = fields.value(name);
            if (value != null) {
                value(fields, name, value, plain(shape));
            } else if (shape.endsWith("!")) {
                fields.problem("\"%s\" is missing".formatted(name));
            }
        });
        switch (section) {
            case "quality" -> operators(fields, shapes);
            case "relationship" -> sameLength(fields);
            default -> {}
        }
    }

    /** The fields of a section, those included that depend on what it holds. */
    private Map<String, String> shapes(String section, Fields fields) {
        Map<String, String> shapes = new LinkedHashMap<>(of(section.equals("property") ? "item" : section));
        switch (section) {
            case "property", "item" -> {
                String type = fields.has("logicalType") ? fields.textOr("logicalType", "") : "";
                String options = "options." + ("time".equals(type) ? "timestamp" : type);
                if (SECTIONS.containsKey(options)) {
                    shapes.put("logicalTypeOptions", options);
                }
                if ("object".equals(type) || section.equals("item")) {
                    shapes.put("properties", "[property]");
                }
                if ("array".equals(type)) {
                    shapes.put("items", "item");
                }
                if (section.equals("property")) {
                    shapes.put("name", "text!");
                }
            }
            case "server" -> {
                String type = fields.has("type") ? fields.textOr("type", "") : "";
                if (SECTIONS.containsKey("server." + type)) {
                    shapes.putAll(of("server." + type));
                } else {
                    // The type is what is wrong: whatever any server has may be meant.
                    of("server.custom").forEach(shapes::put);
                }
            }
            case "quality" -> quality(fields, shapes);
            default -> {}
        }
        return shapes;
    }

    private void quality(Fields fields, Map<String, String> shapes) {
        String type = fields.has("type") ? fields.textOr("type", "") : null;
        boolean operator = OPERATORS.stream().anyMatch(fields::has);
        boolean library = fields.has("metric") || fields.has("rule") || operator;
        if ("library".equals(type) || (type == null && library)) {
            shapes.putAll(of("quality.library"));
            if (old) {
                shapes.put("validValues", "any");
            }
            if (fields.has("rule") && !old) {
                fields.problemAtName("rule", "\"rule\" is what v3.0.x calls it: write metric");
            }
            if (!fields.has("rule")) {
                shapes.put("metric", shapes.get("metric") + "!");
            }
        } else if ("sql".equals(type) || "custom".equals(type)) {
            shapes.putAll(of("quality." + type));
        }
    }

    private static void operators(Fields fields, Map<String, String> shapes) {
        if (!shapes.containsKey("mustBe")) {
            return;
        }
        List<String> found = OPERATORS.stream().filter(fields::has).toList();
        if (found.isEmpty()) {
            fields.problem("a rule says what its value must be: add one of " + String.join(", ", OPERATORS));
        }
        found.stream()
                .skip(1)
                .forEach(second -> fields.problemAtName(
                        second,
                        "\"%s\" beside \"%s\": a rule has one of them, write two rules"
                                .formatted(second, found.getFirst())));
        for (String range : List.of("mustBeBetween", "mustNotBeBetween")) {
            if (fields.value(range) instanceof SequenceNode list) {
                List<Object> numbers = list.getValue().stream()
                        .map(Fields::plain)
                        .map(number -> number == null ? "" : number)
                        .toList();
                if (numbers.size() != 2 || !isBelow(numbers.getFirst(), numbers.getLast())) {
                    fields.problem(range, "\"%s\" needs two numbers, the smaller first".formatted(range));
                }
            }
        }
    }

    private static boolean isBelow(Object low, Object high) {
        return low instanceof Number a
                && high instanceof Number b
                && new BigDecimal(a.toString()).compareTo(new BigDecimal(b.toString())) < 0;
    }

    private static void sameLength(Fields fields) {
        int from = length(fields.value("from"));
        int to = length(fields.value("to"));
        if (from >= 0 && to >= 0 && from != to) {
            fields.problem(
                    "to", "\"to\" names %s, \"from\" names %s: they go in pairs".formatted(many(to), many(from)));
        }
    }

    private static int length(@Nullable Node node) {
        return switch (node) {
            case null -> -1;
            case SequenceNode list -> list.getValue().size();
            default -> 1;
        };
    }

    private static String many(int columns) {
        return columns == 1 ? "1 column" : columns + " columns";
    }

    private void value(Fields at, String name, Node value, String shape) {
        if (shape.startsWith("[")) {
            list(at, name, value, shape.substring(1, shape.length() - 1));
        } else if (shape.startsWith("one of ") || shape.startsWith("usually ")) {
            words(at, name, value, shape);
        } else if (name.equals("team") && value instanceof SequenceNode) {
            list(at, name, value, "member"); // as v3.0.x has it
        } else if (SECTIONS.containsKey(shape) || shape.equals("property")) {
            Fields fields = at.object(name, value);
            if (fields != null) {
                section(shape, fields);
            }
        } else {
            scalar(at, name, value, shape);
        }
    }

    private void list(Fields at, String name, Node value, String item) {
        if (!(value instanceof SequenceNode list)) {
            at.problem(value, "\"%s\" needs a list, found %s".formatted(name, Fields.kind(value)));
            return;
        }
        Set<String> ids = new HashSet<>();
        for (Node one : list.getValue()) {
            value(at, name, one, item);
            if (one instanceof MappingNode mapping) {
                mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode key
                                && key.getValue().equals("id"))
                        .filter(tuple -> tuple.getValueNode() instanceof ScalarNode id && !ids.add(id.getValue()))
                        .forEach(tuple -> at.problem(
                                tuple.getValueNode(),
                                "id \"%s\" appears twice in \"%s\": references could not tell them apart"
                                        .formatted(((ScalarNode) tuple.getValueNode()).getValue(), name)));
            }
        }
    }

    private static void words(Fields at, String name, Node value, String shape) {
        if (!isText(value)) {
            wrong(at, name, value, "a text");
            return;
        }
        String word = ((ScalarNode) value).getValue();
        boolean free = shape.startsWith("usually ");
        List<String> words = List.of(
                shape.substring(free ? "usually ".length() : "one of ".length()).split(" ", 0));
        if (!words.contains(word) && (!free || DidYouMean.of(word, words).isPresent())) {
            at.problem(value, "%s \"%s\" is not known%s".formatted(name, word, DidYouMean.hint(word, words)));
        }
    }

    private static void scalar(Fields at, String name, Node value, String shape) {
        switch (shape) {
            case "any" -> {}
            case "scalar" -> {
                if (!(value instanceof ScalarNode)) {
                    wrong(at, name, value, "one value");
                }
            }
            case "text" -> {
                if (!isText(value)) {
                    wrong(at, name, value, "a text");
                }
            }
            case "number", "whole" -> {
                if (!isNumber(value, shape.equals("whole"))) {
                    wrong(at, name, value, shape.equals("whole") ? "a whole number from 0" : "a number");
                }
            }
            case "flag" -> {
                if (!(value instanceof ScalarNode scalar && Tag.BOOL.equals(scalar.getTag()))) {
                    wrong(at, name, value, "true or false");
                }
            }
            case "id" -> {
                if (!isText(value)
                        || !ID.matcher(((ScalarNode) value).getValue()).matches()) {
                    wrong(at, name, value, "letters, digits, _ and -");
                }
            }
            case "date", "moment" -> {
                if (!isText(value) || !isTime(((ScalarNode) value).getValue(), shape)) {
                    wrong(
                            at,
                            name,
                            value,
                            shape.equals("date") ? "a date as 2026-01-31" : "a time as 2026-01-31T18:30:00Z");
                }
            }
            case "references" -> {
                List<Node> all = value instanceof SequenceNode list ? list.getValue() : List.of(value);
                all.stream()
                        .filter(one -> !isText(one)
                                || !REFERENCE
                                        .matcher(((ScalarNode) one).getValue())
                                        .matches())
                        .forEach(
                                one -> wrong(at, name, one, "a reference as object.column or schema/id/properties/id"));
            }
            default -> throw new IllegalStateException("odcs.yaml: no such shape: " + shape);
        }
    }

    private static void wrong(Fields at, String name, Node value, String needed) {
        boolean unquoted = value instanceof ScalarNode scalar
                && !isText(value)
                && !Tag.NULL.equals(scalar.getTag())
                && needed.equals("a text");
        at.problem(
                value,
                "\"%s\" needs %s, found %s%s"
                        .formatted(name, needed, Fields.kind(value), unquoted ? " without quotes: add them" : ""));
    }

    private static boolean isText(Node value) {
        return value instanceof ScalarNode scalar && Tag.STR.equals(scalar.getTag());
    }

    private static boolean isNumber(Node value, boolean fromZero) {
        if (!(value instanceof ScalarNode scalar)) {
            return false;
        }
        boolean whole = Tag.INT.equals(scalar.getTag());
        return fromZero ? whole && !scalar.getValue().startsWith("-") : whole || Tag.FLOAT.equals(scalar.getTag());
    }

    private static boolean isTime(String text, String shape) {
        try {
            if (shape.equals("date")) {
                LocalDate.parse(text);
            } else {
                RuleReader.timestampMs(text);
            }
            return true;
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    private static String plain(String shape) {
        return shape.endsWith("!") ? shape.substring(0, shape.length() - 1) : shape;
    }

    private static Map<String, String> of(String section) {
        Map<String, String> shapes = SECTIONS.get(section);
        if (shapes == null) {
            throw new IllegalStateException("odcs.yaml: no such section: " + section);
        }
        return shapes;
    }

    private static Map<String, Map<String, String>> table() {
        try (InputStream in = Odcs.class.getResourceAsStream("odcs.yaml")) {
            if (in == null) {
                throw new IllegalStateException("odcs.yaml is not in the jar");
            }
            Map<String, Map<String, String>> sections = new LinkedHashMap<>();
            ((Map<?, ?>) new Load(LoadSettings.builder().build()).loadFromInputStream(in))
                    .forEach((section, fields) -> {
                        Map<String, String> shapes = new LinkedHashMap<>();
                        ((Map<?, ?>) fields)
                                .forEach((field, shape) -> shapes.put(
                                        field.toString(),
                                        shape instanceof List<?> list ? list.toString() : shape.toString()));
                        sections.put(section.toString(), shapes);
                    });
            return sections;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
