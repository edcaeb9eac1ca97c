package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A domain made up of products that a test names: {@code "bronze.a id bigint key, name varchar null, p row(x:integer;y:integer), m map(date), t varchar[]"}, {@code "bronze.b:events ..."}; without a key the row is it. */
final class TestDomain {

    static final String FILE = "silver/result.sql";

    private TestDomain() {}

    static Domain of(String... products) {
        Map<ProductName, DataProduct> all = new LinkedHashMap<>();
        for (String text : products) {
            DataProduct product = product(text);
            all.put(product.name(), product);
        }
        return new Domain(Path.of("."), "test", "", "team", "contact", all, List.of(), List.of(), List.of());
    }

    /** The model of {@code silver.result}. */
    static Model model(String sql) {
        return new Model(ProductName.ofTopic("silver.test.result.v1"), sql, Path.of(FILE));
    }

    static ModelPlan plan(String sql, String... products) {
        return SqlPlanner.plan(model(sql), of(products));
    }

    static DataProduct product(String text) {
        int end = text.indexOf(' ');
        String name = text.substring(0, end).replace(":events", "");
        String[] layerAndProduct = name.split("\\.");
        List<Column> columns = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (String column : text.substring(end + 1).split(", ")) {
            List<String> words = Arrays.asList(column.trim().split(" "));
            if (words.contains("key")) {
                key.add(columns.size());
            }
            columns.add(new Column(words.get(0), type(words.get(1)), words.contains("null")));
        }
        return new DataProduct(
                ProductName.ofTopic("%s.test.%s.v1".formatted(layerAndProduct[0], layerAndProduct[1])),
                "1.0.0",
                new RowType(columns),
                key,
                text.substring(0, end).endsWith(":events") ? DataProduct.Kind.EVENTS : DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("contracts/" + layerAndProduct[1] + ".odcs.yaml"),
                Map.of());
    }

    /** What stands between the semicolons that are in no parentheses. */
    private static List<String> fields(String text) {
        List<String> fields = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
            if (text.charAt(i) == ';' && depth == 0) {
                fields.add(text.substring(from, i));
                from = i + 1;
            }
        }
        fields.add(text.substring(from));
        return fields;
    }

    static DataType type(String name) {
        if (name.endsWith("[]")) {
            return new DataType.Array(type(name.substring(0, name.length() - 2)));
        }
        if (name.startsWith("map(")) {
            return new DataType.Mapping(type(name.substring("map(".length(), name.length() - 1)));
        }
        if (name.startsWith("row(")) {
            return new DataType.Struct(fields(name.substring("row(".length(), name.length() - 1)).stream()
                    .map(field -> field.split(":", 2))
                    .map(field -> new Column(field[0], type(field[1]), true))
                    .toList());
        }
        if (name.startsWith("decimal(")) {
            String[] digits =
                    name.substring("decimal(".length(), name.length() - 1).split(",");
            return new DataType.Decimal(Integer.parseInt(digits[0]), Integer.parseInt(digits[1]));
        }
        return switch (name) {
            case "boolean" -> new DataType.Bool();
            case "integer" -> new DataType.Int();
            case "bigint" -> new DataType.BigInt();
            case "real" -> new DataType.Real();
            case "double" -> new DataType.DoublePrecision();
            case "varchar" -> new DataType.Varchar();
            case "date" -> new DataType.Date();
            case "time" -> new DataType.Time();
            case "timestamp" -> new DataType.Timestamp(false);
            case "timestamptz" -> new DataType.Timestamp(true);
            case "varbinary" -> new DataType.Varbinary();
            default -> throw new IllegalArgumentException(name);
        };
    }
}
