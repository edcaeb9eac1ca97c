package io.weir.kit.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.weir.kit.contract.ModelTest.Place;
import io.weir.kit.contract.ModelTest.Row;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads the rows of a model test: a YAML list, CSV with a heading, or the name of a file beside the test with either. */
final class TestRows {

    /** What of a product's row has to be named. */
    enum Demand {
        /** A row that comes: its key, and no null where the contract requires a value. */
        INPUT,
        /** The key of a row that goes. */
        KEY,
        /** Whatever is to be compared. */
        ANY
    }

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final CsvFactory CSV = CsvFactory.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .enable(CsvParser.Feature.EMPTY_UNQUOTED_STRING_AS_NULL)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .enable(CsvParser.Feature.TRIM_SPACES)
            .build();

    private final Path file;
    private final String shown;
    private final List<Problem> problems;

    /** @param file the test's file, {@code shown} as messages name it */
    TestRows(Path file, String shown, List<Problem> problems) {
        this.file = file;
        this.shown = shown;
        this.problems = problems;
    }

    /** The rows of a field's value. */
    List<Row> read(Node value, DataProduct product, Demand demand) {
        if (value instanceof SequenceNode list) {
            return list(list, shown, product, demand);
        }
        if (value instanceof ScalarNode scalar && Tag.STR.equals(scalar.getTag())) {
            String text = scalar.getValue();
            if (!text.strip().contains("\n") && text.strip().matches(".*\\.(csv|yaml|json)")) {
                return beside(text.strip(), place(shown, scalar), product, demand);
            }
            Place start = place(shown, scalar);
            return csv(text, new Origin(shown, start.line(), indentation(start.line() + 1)), product, demand);
        }
        problems.add(place(shown, value)
                .problem("rows are a list, CSV under a |, or a file's name; found " + Fields.kind(value)));
        return List.of();
    }

    /** The rows of a file, named from the test's folder. */
    List<Row> beside(String name, Place at, DataProduct product, Demand demand) {
        Path path = file.resolveSibling(name).normalize();
        String other =
                Path.of(shown).resolveSibling(name).normalize().toString().replace('\\', '/');
        if (!Files.isRegularFile(path)) {
            problems.add(at.problem("there is no file %s: name one from the folder of this test".formatted(other)));
            return List.of();
        }
        if (name.endsWith(".csv")) {
            try {
                return csv(Files.readString(path), new Origin(other, 0, 0), product, demand);
            } catch (IOException e) {
                problems.add(new Problem(other, 0, 0, "cannot be read: " + e));
                return List.of();
            }
        }
        Node root = Fields.document(path, other, problems);
        if (root instanceof SequenceNode list) {
            return list(list, other, product, demand);
        }
        if (root != null) {
            problems.add(place(other, root).problem("expected a list of rows, found " + Fields.kind(root)));
        }
        return List.of();
    }

    private List<Row> list(SequenceNode list, String where, DataProduct product, Demand demand) {
        List<Row> rows = new ArrayList<>();
        for (Node item : list.getValue()) {
            Place at = place(where, item);
            if (!(item instanceof MappingNode mapping)) {
                problems.add(at.problem("a row is {column: value, ...}, found " + Fields.kind(item)));
                continue;
            }
            Builder row = new Builder(at, product);
            for (NodeTuple cell : mapping.getValue()) {
                String name = cell.getKeyNode() instanceof ScalarNode key ? key.getValue() : "";
                int column = row.column(name, place(where, cell.getKeyNode()));
                if (column >= 0) {
                    row.set(
                            column,
                            json(
                                    cell.getValueNode(),
                                    product.rowType().columns().get(column).type()),
                            place(where, cell.getValueNode()));
                }
            }
            rows.add(row.build(demand));
        }
        return rows;
    }

    /** Where a CSV text stands: the lines before its first, and the blanks before each. */
    private record Origin(String file, int line, int indentation) {
        Place place(int csvLine, int csvColumn) {
            return new Place(file, line + csvLine, indentation + csvColumn);
        }
    }

    private List<Row> csv(String text, Origin origin, DataProduct product, Demand demand) {
        List<Row> rows = new ArrayList<>();
        try (CsvParser parser = CSV.createParser(text)) {
            List<Integer> columns = null;
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                List<@Nullable String> cells = new ArrayList<>();
                List<Place> places = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    var location = parser.currentTokenLocation();
                    places.add(origin.place(location.getLineNr(), location.getColumnNr()));
                    cells.add(parser.currentToken() == JsonToken.VALUE_NULL ? null : parser.getText());
                }
                if (cells.isEmpty()) {
                    continue;
                }
                Builder row = new Builder(places.getFirst(), product);
                if (columns == null) {
                    columns = new ArrayList<>();
                    for (int i = 0; i < cells.size(); i++) {
                        String cell = cells.get(i);
                        columns.add(row.column(cell == null ? "" : cell, places.get(i)));
                    }
                    continue;
                }
                if (cells.size() != columns.size()) {
                    problems.add(places.getFirst()
                            .problem("%d cells under %d columns: quote a cell that holds a comma"
                                    .formatted(cells.size(), columns.size())));
                    continue;
                }
                for (int i = 0; i < cells.size(); i++) {
                    int column = columns.get(i);
                    if (column >= 0) {
                        row.set(
                                column,
                                json(
                                        cells.get(i),
                                        product.rowType().columns().get(column).type()),
                                places.get(i));
                    }
                }
                rows.add(row.build(demand));
            }
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            problems.add(
                    (location == null ? origin.place(1, 1) : origin.place(location.getLineNr(), location.getColumnNr()))
                            .problem("not CSV: " + e.getOriginalMessage()));
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot be read", e);
        }
        return rows;
    }

    /** A row under construction; tells what is wrong with it. */
    private final class Builder {
        private final Place at;
        private final DataProduct product;
        private final Set<Integer> named = new TreeSet<>();
        private final Set<Integer> faulty = new HashSet<>();
        private final @Nullable Object[] values;
        private final Place[] places;

        Builder(Place at, DataProduct product) {
            this.at = at;
            this.product = product;
            this.values = new Object[product.rowType().size()];
            this.places = new Place[values.length];
        }

        /** The position of a column; -1, with a problem, where there is none. */
        int column(String name, Place where) {
            int column = product.rowType().indexOf(name);
            if (column < 0) {
                List<String> known =
                        product.rowType().columns().stream().map(Column::name).toList();
                problems.add(where.problem("column \"%s\" is not in %s%s"
                        .formatted(name, product.name().localName(), DidYouMean.hint(name, known))));
            }
            return column;
        }

        void set(int column, JsonNode value, Place where) {
            Column declared = product.rowType().columns().get(column);
            if (!named.add(column)) {
                problems.add(where.problem("column \"%s\" appears twice: remove one".formatted(declared.name())));
            }
            places[column] = where;
            try {
                ObjectNode cell = NODES.objectNode();
                cell.set(declared.name(), value);
                values[column] = JsonRows.read(cell, new RowType(List.of(declared)))[0];
            } catch (JsonRowException e) {
                faulty.add(column);
                e.errors()
                        .forEach(error -> problems.add(
                                where.problem("column \"%s\": %s".formatted(error.field(), error.message()))));
            }
        }

        Row build(Demand demand) {
            if (demand != Demand.ANY) {
                List<Integer> key = product.key();
                for (int column : key) {
                    if (values[column] == null && !faulty.contains(column)) {
                        problems.add((places[column] == null ? at : places[column])
                                .problem("column \"%s\" is part of the key of %s: give it a value"
                                        .formatted(name(column), product.name().localName())));
                    }
                }
            }
            if (demand == Demand.INPUT) {
                for (int column : named) {
                    if (values[column] == null
                            && !faulty.contains(column)
                            && !product.key().contains(column)
                            && !product.rowType().columns().get(column).nullable()) {
                        problems.add(places[column].problem(
                                "column \"%s\" is null, and the contract of %s requires it: give it a value, or leave it out where it does not matter"
                                        .formatted(name(column), product.name().localName())));
                    }
                }
            }
            if (demand == Demand.KEY && !product.key().isEmpty()) {
                for (int column : named) {
                    if (!product.key().contains(column)) {
                        problems.add(places[column].problem(
                                "column \"%s\" is not part of the key of %s: a deletion names (%s)"
                                        .formatted(
                                                name(column),
                                                product.name().localName(),
                                                String.join(
                                                        ", ",
                                                        product.keyType().columns().stream()
                                                                .map(Column::name)
                                                                .toList()))));
                    }
                }
            }
            return new Row(at, named, values);
        }

        private String name(int column) {
            return product.rowType().columns().get(column).name();
        }
    }

    static Place place(String where, Node node) {
        Mark mark = node.getStartMark().orElse(null);
        return mark == null ? new Place(where, 0, 0) : new Place(where, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private int indentation(int line) {
        try {
            List<String> lines = Files.readAllLines(file);
            if (line > lines.size()) {
                return 0;
            }
            String text = lines.get(line - 1);
            return text.length() - text.stripLeading().length();
        } catch (IOException e) {
            return 0;
        }
    }

    /** Texts, dates and times are what is written, quoted or not, inside records, arrays and maps too; the rest is what YAML takes it for. */
    private static JsonNode json(Node node, @Nullable DataType type) {
        return switch (node) {
            case MappingNode mapping -> {
                ObjectNode object = NODES.objectNode();
                for (NodeTuple field : mapping.getValue()) {
                    if (field.getKeyNode() instanceof ScalarNode key) {
                        object.set(key.getValue(), json(field.getValueNode(), part(type, key.getValue())));
                    }
                }
                yield object;
            }
            case SequenceNode list -> {
                ArrayNode array = NODES.arrayNode();
                DataType element = type instanceof DataType.Array(DataType of) ? of : null;
                list.getValue().forEach(item -> array.add(json(item, element)));
                yield array;
            }
            case ScalarNode scalar when Tag.NULL.equals(scalar.getTag()) -> NullNode.getInstance();
            case ScalarNode scalar when type != null && isText(type) -> TextNode.valueOf(scalar.getValue());
            case ScalarNode scalar
            when Tag.FLOAT.equals(scalar.getTag()) && !(Fields.plain(scalar) instanceof BigDecimal) ->
                NODES.numberNode(special(scalar.getValue()));
            default -> JSON.valueToTree(Fields.plain(node));
        };
    }

    /** The type of a record's field, or of a map's values; null where there is none. */
    private static @Nullable DataType part(@Nullable DataType type, String name) {
        return switch (type) {
            case DataType.Mapping(DataType value) -> value;
            case DataType.Struct(List<Column> fields) ->
                fields.stream()
                        .filter(field -> field.name().equals(name))
                        .map(Column::type)
                        .findFirst()
                        .orElse(null);
            case null, default -> null;
        };
    }

    /** {@code .inf}, {@code -.inf}, {@code .nan}: YAML's names of what is no number. */
    private static double special(String text) {
        String word = text.toLowerCase(java.util.Locale.ROOT);
        return word.endsWith("nan")
                ? Double.NaN
                : word.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    private static JsonNode json(@Nullable String cell, DataType type) {
        if (cell == null) {
            return NullNode.getInstance();
        }
        if (isText(type)) {
            return TextNode.valueOf(cell);
        }
        if (type instanceof DataType.Bool) {
            return switch (cell.toLowerCase(java.util.Locale.ROOT)) {
                case "true" -> NODES.booleanNode(true);
                case "false" -> NODES.booleanNode(false);
                default -> TextNode.valueOf(cell);
            };
        }
        try {
            return cell.startsWith("[") || cell.startsWith("{")
                    ? JSON.readTree(cell)
                    : NODES.numberNode(new BigDecimal(cell));
        } catch (NumberFormatException | JsonProcessingException e) {
            return TextNode.valueOf(cell);
        }
    }

    private static boolean isText(DataType type) {
        return type instanceof DataType.Varchar
                || type instanceof DataType.Date
                || type instanceof DataType.Time
                || type instanceof DataType.Timestamp
                || type instanceof DataType.Varbinary;
    }
}
