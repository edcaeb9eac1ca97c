package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ProblemsException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** When the input stops, the output is what DuckDB says of the final tables, whatever happened in which order. */
class EqualsItsQueryTest {

    static final Domain TABLES = TestDomain.of(QueryGenerator.TABLES);

    private static Oracle oracle;

    @BeforeContainer
    static void startOracle() throws SQLException {
        oracle = new Oracle(TABLES);
    }

    @AfterContainer
    static void stopOracle() throws SQLException {
        oracle.close();
    }

    /** 300 cases; {@code -Djqwik.tries.default=100000} for the long run. A case is its seed. */
    @Property(shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void shouldEqualTheQueryAfterAnyHistory(@ForAll long seed) throws SQLException {
        check(seed, 3);
    }

    private static void check(long seed, int partitions) throws SQLException {
        Random random = new Random(seed);
        check(seed, partitions, random, new QueryGenerator(random).query(), oracle);
    }

    /** One query over a random history, from tables of {@link QueryGenerator}. */
    static void check(long seed, int partitions, Random random, QueryGenerator.Query query, Oracle oracle)
            throws SQLException {
        check(seed, partitions, random, query, null, oracle);
    }

    /** {@code asked}: what DuckDB is asked, where it knows the query under another name; null: the query. */
    static void check(long seed, int partitions, Random random, QueryGenerator.Query query, String asked, Oracle oracle)
            throws SQLException {
        Domain domain = TestDomain.of(Stream.concat(Stream.of(QueryGenerator.TABLES), Stream.of(query.contract()))
                .toArray(String[]::new));
        Model model = TestDomain.model(query.sql());
        ModelPlan plan;
        try {
            plan = SqlPlanner.plan(model, domain);
        } catch (ProblemsException e) {
            Assume.that(!e.getMessage().contains("is never true"));
            Assume.that(!e.getMessage().contains("can give several rows"));
            throw new AssertionError("seed %d: %s\n%s".formatted(seed, query.sql(), query.contract()), e);
        }
        Simulator simulator = new Simulator(plan, partitions, random);
        Map<DataProduct, Map<List<Object>, Object[]>> tables = new LinkedHashMap<>();
        plan.inputs().forEach(product -> tables.put(product, new LinkedHashMap<>()));
        Instant now = Simulator.START;
        int changes = 20 + random.nextInt(60);
        for (int i = 0; i < changes; i++) {
            change(random, tables, simulator);
            if (plan.usesClock() && random.nextInt(4) == 0) {
                now = now.plusSeconds(random.nextInt(20_000));
                simulator.advance(now);
            }
            simulator.run(random.nextInt(8));
        }
        simulator.advance(now);
        simulator.run(Integer.MAX_VALUE);

        for (var table : tables.entrySet()) {
            oracle.fill(table.getKey(), table.getValue().values());
        }
        List<Column> columns = plan.output().rowType().columns();
        List<String> expected;
        try {
            expected = oracle.query(asked == null ? plan.sqlAt(now) : asked, columns).stream()
                    .map(row -> text(row, columns))
                    .sorted()
                    .toList();
        } catch (SQLException e) {
            throw new AssertionError("seed %d: %s".formatted(seed, query.sql()), e);
        }
        List<String> actual = simulator.rows().stream()
                .map(row -> text(row, columns))
                .sorted()
                .toList();
        assertThat(actual)
                .as(
                        "seed %d: %s\n%s\n%s",
                        seed,
                        plan.sqlAt(now),
                        plan.explain().text(),
                        tables.entrySet().stream()
                                .map(table -> table.getKey().name() + ": "
                                        + table.getValue().values().stream()
                                                .map(Arrays::toString)
                                                .collect(Collectors.joining()))
                                .collect(Collectors.joining("\n")))
                .isEqualTo(expected);
        assertThat(simulator.rejections()).as("seed %d: %s", seed, query.sql()).isEmpty();
    }

    private static void change(
            Random random, Map<DataProduct, Map<List<Object>, Object[]>> tables, Simulator simulator) {
        List<DataProduct> products = new ArrayList<>(tables.keySet());
        DataProduct product = products.get(random.nextInt(products.size()));
        Map<List<Object>, Object[]> table = tables.get(product);
        Object[] row = product.rowType().columns().stream()
                .map(column -> value(random, column))
                .toArray();
        if (product.kind() == DataProduct.Kind.EVENTS) {
            row[product.key().getFirst()] = (long) table.size();
            table.put(List.of(row[product.key().getFirst()]), row);
            simulator.send(product, new Object[] {row[product.key().getFirst()]}, row);
            return;
        }
        if (product.key().isEmpty()) {
            int count = random.nextInt(4);
            for (int copy = 0; copy < 4; copy++) {
                List<Object> numbered = List.of(Arrays.asList(row), copy);
                if (copy < count) {
                    table.put(numbered, row);
                } else {
                    table.remove(numbered);
                }
            }
            simulator.send(product, row, count == 0 ? null : row, count);
            return;
        }
        Object[] key = product.key().stream().map(column -> row[column]).toArray();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> {
                table.remove(Arrays.asList(key));
                simulator.send(product, key, null);
            }
            case 3 -> {
                Object[] same = table.get(Arrays.asList(key));
                simulator.send(product, key, same);
            }
            default -> {
                table.put(Arrays.asList(key), row);
                simulator.send(product, key, row);
            }
        }
    }

    private static Object value(Random random, Column column) {
        if (column.nullable() && random.nextInt(5) == 0) {
            return null;
        }
        return switch (column.type()) {
            case DataType.Bool _ -> random.nextBoolean();
            case DataType.Int _ -> random.nextInt(5);
            case DataType.BigInt _ -> (long) random.nextInt(5);
            case DataType.DoublePrecision _ -> random.nextInt(8) / 4.0 + random.nextInt(3) * 0.1;
            case DataType.Decimal(int _, int scale) -> BigDecimal.valueOf(random.nextInt(500) - 100, scale);
            case DataType.Varchar _ ->
                List.of("a", "b", "B", " c", "", "ab", "é").get(random.nextInt(7));
            case DataType.Timestamp _ -> 1_767_225_600_000L + random.nextInt(4) * 43_200_000L;
            case DataType.Date _ -> 20_000 + random.nextInt(4);
            default -> throw new IllegalStateException(column.toString());
        };
    }

    private static String text(Object[] row, List<Column> columns) {
        Map<String, Object> values = new TreeMap<>();
        for (int i = 0; i < row.length; i++) {
            Object value = row[i];
            values.put(
                    columns.get(i).name(),
                    switch (value) {
                        case null -> "null";
                        case Double number -> "%.9g".formatted(number == 0 ? 0.0 : number);
                        case Float number -> "%.6g".formatted(number);
                        case String string -> "'" + string + "'";
                        default -> value;
                    });
        }
        return values.toString();
    }
}
