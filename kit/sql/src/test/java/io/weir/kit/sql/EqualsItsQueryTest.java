package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProblemsException;
import java.sql.SQLException;
import java.util.Arrays;
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

    /**
     * 1,000 cases, the same in each run: red tells of a change, not of luck. {@code -Djqwik.tries.default=100000} goes on from there, {@code -Dweir.other=N} takes
     * others, {@code -Dweir.seed=...} one. A case is its seed.
     */
    @Property(seed = "1", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
    void shouldEqualTheQueryAfterAnyHistory(@ForAll long seed) throws SQLException {
        check(Long.getLong("weir.seed", seed + 0x9E3779B97F4A7C15L * Long.getLong("weir.other", 0)), 3);
    }

    private static void check(long seed, int partitions) throws SQLException {
        Random random = new Random(seed);
        check(seed, partitions, random, new QueryGenerator(random).query(), oracle);
    }

    /** One query over a random history, from tables of {@link QueryGenerator}. */
    private static void check(long seed, int partitions, Random random, QueryGenerator.Query query, Oracle oracle) {
        try {
            check(seed, partitions, random, plan(query), null, oracle);
        } catch (ProblemsException e) {
            Assume.that(!e.getMessage().contains("is never true"));
            Assume.that(!e.getMessage().contains("can give several rows"));
            Assume.that(!e.getMessage().contains("where it decides whether an outer row has a partner"));
            Assume.that(!e.getMessage().contains("takes a whole record of the row around it"));
            throw new AssertionError("seed %d: %s".formatted(seed, query.sql()), e);
        }
    }

    static ModelPlan plan(QueryGenerator.Query query) {
        return SqlPlanner.plan(
                TestDomain.model(query.sql()),
                TestDomain.of(Stream.concat(Stream.of(QueryGenerator.TABLES), Stream.of(query.contract()))
                        .toArray(String[]::new)));
    }

    /**
     * A plan over one more random history.
     *
     * @param asked what DuckDB is asked, where it knows the query under another name; null: the query
     */
    static void check(long seed, int partitions, Random random, ModelPlan plan, String asked, Oracle oracle) {
        Case checked = new Case(plan, partitions, random.nextLong(), asked, oracle);
        History history = History.random(plan, random);
        if (checked.difference(history) != null) {
            History least = history.shrunk(shorter -> checked.difference(shorter) != null);
            throw new AssertionError(
                    "seed %d (-Dweir.seed=%d): %s\n%s\nafter %d of %d steps:\n%s\n%s"
                            .formatted(
                                    seed,
                                    seed,
                                    plan.sqlAt(least.end()),
                                    plan.explain().text(),
                                    least.steps().size(),
                                    history.steps().size(),
                                    least,
                                    least.tables().entrySet().stream()
                                            .map(table -> table.getKey().name() + ": "
                                                    + table.getValue().values().stream()
                                                            .map(Arrays::toString)
                                                            .collect(Collectors.joining()))
                                            .collect(Collectors.joining("\n"))),
                    checked.difference(least));
        }
    }

    /** A query, and what chance decides besides the history. */
    private record Case(ModelPlan plan, int partitions, long order, String asked, Oracle oracle) {

        /** What is wrong after a history; null: nothing. */
        Throwable difference(History history) {
            try {
                run(history);
                return null;
            } catch (SQLException e) {
                throw new AssertionError(plan.sqlAt(history.end()), e);
            } catch (AssertionError | RuntimeException e) {
                return e;
            }
        }

        private void run(History history) throws SQLException {
            Simulator simulator = new Simulator(plan, partitions, new Random(order));
            history.run(simulator);
            for (var table : history.tables().entrySet()) {
                oracle.fill(table.getKey(), table.getValue().values());
            }
            List<Column> columns = plan.output().rowType().columns();
            List<String> expected = oracle.query(asked == null ? plan.sqlAt(history.end()) : asked, columns).stream()
                    .map(row -> text(row, columns))
                    .sorted()
                    .toList();
            assertThat(simulator.rows().stream().map(row -> text(row, columns)).sorted())
                    .containsExactlyElementsOf(expected);
            assertThat(simulator.rejections()).isEmpty();
        }
    }

    /** The row by its columns' names, with values that are equal written alike. */
    static String text(Object[] row, List<Column> columns) {
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
