package io.weir.benchmarks.comparison;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One query over generated inputs. Each run of it is a domain of its own, so that no run sees another's topics, state or offsets.
 *
 * @param result columns of the output, as in {@link Input#columns}
 * @param sql as a Weir model
 * @param flinkSql the same query as Flink writes it
 * @param rules of a contract of such columns, by which the output's gate goes
 */
record Workload(
        String name, List<Input> inputs, String result, String sql, String flinkSql, Optional<DataProduct> rules) {

    static final int PARTITIONS = 4;

    /** Whose gate has no rules but those of the columns. */
    Workload(String name, List<Input> inputs, String result, String sql, String flinkSql) {
        this(name, inputs, result, sql, flinkSql, Optional.empty());
    }

    /** Whether rows of the output are only added: then Flink writes them by its plain connector, and wants no key. */
    boolean appends() {
        return inputs.stream().allMatch(input -> input.kind() == DataProduct.Kind.EVENTS)
                && !sql.contains("GROUP BY")
                && !sql.contains("OVER (");
    }

    /** What the query reads, in the run's domain. */
    List<DataProduct> inputs(String run) {
        return inputs.stream()
                .map(input -> product(run, input.kind(), input.columns()))
                .toList();
    }

    DataProduct output(String run) {
        DataProduct plain = product(run, DataProduct.Kind.TABLE, result);
        return rules.map(contract -> new DataProduct(
                        plain.name(),
                        plain.version(),
                        plain.rowType(),
                        plain.key(),
                        plain.kind(),
                        plain.onViolation(),
                        contract.rules(),
                        plain.partitions(),
                        plain.file(),
                        plain.document(),
                        contract.settings()))
                .orElse(plain);
    }

    List<DataProduct> products(String run) {
        List<DataProduct> all = new ArrayList<>(inputs(run));
        all.add(output(run));
        return all;
    }

    Domain domain(String run) {
        Map<ProductName, DataProduct> products = new LinkedHashMap<>();
        products(run).forEach(product -> products.put(product.name(), product));
        return new Domain(
                Path.of("."), run, "", "team", "contact", products, List.of(), List.of(model(run)), List.of());
    }

    Model model(String run) {
        return new Model(output(run).name(), sql, Path.of(name + ".sql"));
    }

    private static DataProduct product(String run, DataProduct.Kind kind, String text) {
        int end = text.indexOf(' ');
        String[] name = text.substring(0, end).split("\\.", -1);
        List<Column> columns = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        for (String column : text.substring(end + 1).split(", ", -1)) {
            List<String> words = List.of(column.strip().split(" ", -1));
            if (words.contains("key")) {
                key.add(columns.size());
            }
            columns.add(new Column(words.get(0), type(words.get(1)), words.contains("null")));
        }
        return new DataProduct(
                ProductName.ofTopic("%s.%s.%s.v1".formatted(name[0], run, name[1])),
                "1.0.0",
                new RowType(columns),
                key,
                kind,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                PARTITIONS,
                Path.of(name[1] + ".odcs.yaml"),
                Map.of());
    }

    private static DataType type(String name) {
        return switch (name) {
            case "boolean" -> new DataType.Bool();
            case "int" -> new DataType.Int();
            case "bigint" -> new DataType.BigInt();
            case "double" -> new DataType.DoublePrecision();
            case "decimal(12,2)" -> new DataType.Decimal(12, 2);
            case "decimal(18,3)" -> new DataType.Decimal(18, 3);
            case "varchar" -> new DataType.Varchar();
            case "date" -> new DataType.Date();
            case "timestamp" -> new DataType.Timestamp(false);
            default -> throw new IllegalArgumentException("no type of a workload: " + name);
        };
    }
}
