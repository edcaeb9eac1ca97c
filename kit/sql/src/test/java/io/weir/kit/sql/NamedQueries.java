package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Queries of a known benchmark, one file each, maintained over generated tables: rows come, change and go in a random order, and at some moments of quiet the
 * output is what DuckDB says of the same tables.
 *
 * <p>The first line of a file is a comment with the contract of the result, in {@link TestDomain}'s form; a query that DuckDB writes otherwise has it again in
 * a file {@code <name>.duckdb.sql}.
 */
final class NamedQueries implements AutoCloseable {

    /** Makes the row of a key; the same key again gives another version of it. */
    interface Rows {
        Object[] row(String table, List<Object> key, Random random);
    }

    private final String folder;
    private final String[] contracts;
    private final Map<String, List<List<Object>>> keys;
    private final Rows rows;
    private final Oracle oracle;

    /**
     * @param contracts the tables, in {@link TestDomain}'s form
     * @param keys by table, without its layer: all keys that a row may have
     */
    NamedQueries(String folder, String[] contracts, Map<String, List<List<Object>>> keys, Rows rows)
            throws SQLException {
        this.folder = folder;
        this.contracts = contracts;
        this.keys = keys;
        this.rows = rows;
        this.oracle = new Oracle(TestDomain.of(contracts));
    }

    @Override
    public void close() throws SQLException {
        oracle.close();
    }

    /** Maintains a query through a history of so many changes after the first load, and compares four times. */
    void check(String name, long seed, int changes) throws IOException, SQLException {
        ModelPlan plan = plan(name);
        Random random = new Random(seed);
        Simulator simulator = new Simulator(plan, 2, random);
        Map<DataProduct, Map<List<Object>, Object[]>> tables = new LinkedHashMap<>();
        plan.inputs().forEach(product -> tables.put(product, new LinkedHashMap<>()));
        String asked = asked(name, plan);

        load(tables, simulator, random);
        int rows = compare(name, plan, simulator, tables, asked);
        List<DataProduct> weighted = new ArrayList<>();
        tables.keySet().forEach(product -> keys.get(product.name().product()).forEach(_ -> weighted.add(product)));
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < changes / 3; i++) {
                DataProduct product = weighted.get(random.nextInt(weighted.size()));
                change(product, tables.get(product), simulator, random);
                simulator.run(random.nextInt(12));
            }
            rows += compare(name, plan, simulator, tables, asked);
        }
        assertThat(rows).as("rows of %s", name).isPositive();
    }

    /** Why the query is refused. */
    String refusal(String name) throws IOException {
        try {
            plan(name);
        } catch (ProblemsException e) {
            return String.valueOf(e.getMessage());
        }
        throw new AssertionError(name + " is maintained now: check it");
    }

    private ModelPlan plan(String name) throws IOException {
        String sql = text(name + ".sql").orElseThrow();
        String contract = sql.substring("-- ".length(), sql.indexOf('\n'));
        Domain domain = TestDomain.of(
                Stream.concat(Stream.of(contracts), Stream.of(contract)).toArray(String[]::new));
        return SqlPlanner.plan(TestDomain.model(sql), domain);
    }

    private String asked(String name, ModelPlan plan) throws IOException {
        return text(name + ".duckdb.sql").orElse(plan.sqlAt(Simulator.START));
    }

    private Optional<String> text(String file) throws IOException {
        try (InputStream in = NamedQueries.class.getResourceAsStream("/" + folder + "/" + file)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    private void load(Map<DataProduct, Map<List<Object>, Object[]>> tables, Simulator simulator, Random random) {
        tables.forEach((product, table) -> {
            for (List<Object> key : keys.get(product.name().product())) {
                if (random.nextInt(8) > 0) {
                    put(product, table, key, simulator, random);
                    simulator.run(random.nextInt(4));
                }
            }
        });
    }

    private void change(DataProduct product, Map<List<Object>, Object[]> table, Simulator simulator, Random random) {
        List<List<Object>> of = keys.get(product.name().product());
        List<Object> key = of.get(random.nextInt(of.size()));
        if (random.nextInt(4) == 0) {
            table.remove(key);
            simulator.send(product, key.toArray(), null);
        } else {
            put(product, table, key, simulator, random);
        }
    }

    private void put(
            DataProduct product,
            Map<List<Object>, Object[]> table,
            List<Object> key,
            Simulator simulator,
            Random random) {
        Object[] row = rows.row(product.name().product(), key, random);
        assertThat(row).hasSize(product.rowType().size());
        table.put(key, row);
        simulator.send(product, key.toArray(), row);
    }

    private int compare(
            String name,
            ModelPlan plan,
            Simulator simulator,
            Map<DataProduct, Map<List<Object>, Object[]>> tables,
            String asked)
            throws SQLException {
        simulator.run(Integer.MAX_VALUE);
        for (var table : tables.entrySet()) {
            oracle.fill(table.getKey(), table.getValue().values());
        }
        List<Column> columns = plan.output().rowType().columns();
        List<String> expected = oracle.query(asked, columns).stream()
                .map(row -> EqualsItsQueryTest.text(row, columns))
                .sorted()
                .toList();
        assertThat(simulator.rows().stream()
                        .map(row -> EqualsItsQueryTest.text(row, columns))
                        .sorted())
                .as(name)
                .containsExactlyElementsOf(expected);
        assertThat(simulator.rejections()).as(name).isEmpty();
        return (int) simulator.rows().stream()
                .filter(row -> Arrays.stream(row).anyMatch(Objects::nonNull))
                .count();
    }
}
