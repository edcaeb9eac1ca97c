package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Approximate aggregates: near the exact ones with a bounded state, also when rows go, whatever their order. */
class ApproximateTest extends AgainstDuckDb {

    private static final Domain DOMAIN = TestDomain.of(
            "bronze.visits id bigint key, visitor bigint null, spent decimal(10,2) null, seconds double",
            "silver.result one integer key, visitors bigint, typical decimal(10,2) null, longest double null");

    private static final String SQL =
            "SELECT 1 AS one, APPROX_COUNT_DISTINCT(visitor) AS visitors, APPROX_QUANTILE(spent, 0.5) AS typical, APPROX_PERCENTILE(seconds, 0.99) AS longest FROM bronze.visits";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "distinct ~ SELECT q, APPROX_COUNT_DISTINCT(s) AS n, APPROX_COUNT_DISTINCT(k) FILTER (WHERE s <> 'a') AS m FROM bronze.b GROUP BY q ~ q integer key, n bigint, m bigint",
                "distinct of each set ~ SELECT q, k, GROUPING(q, k) AS g, APPROX_COUNT_DISTINCT(s) AS n FROM bronze.b GROUP BY CUBE (q, k) ~ q integer null, k integer null, g bigint, n bigint",
                "quantile ~ SELECT COALESCE(k, -1) AS k, APPROX_QUANTILE(n, 0.5) AS a, APPROX_PERCENTILE(n, 0.9) FILTER (WHERE b) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a bigint null, b bigint null",
                "of a window ~ SELECT window_start AS w, APPROX_COUNT_DISTINCT(k) AS n FROM TABLE(TUMBLE(TABLE bronze.a, DESCRIPTOR(t), INTERVAL '1' DAY)) GROUP BY window_start ~ w timestamp key, n bigint",
            })
    void shouldBeExactOfFewSmallNumbers(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }

    @Test
    void shouldStayNearWhileRowsComeAndGo() {
        ModelPlan plan = SqlPlanner.plan(TestDomain.model(SQL), DOMAIN);
        DataProduct visits = plan.inputs().getFirst();
        Simulator simulator = new Simulator(plan, 2, new Random(1));
        Random random = new Random(7);
        List<Object[]> rows = new ArrayList<>();
        for (long id = 0; id < 8_000; id++) {
            rows.add(new Object[] {
                id,
                (long) random.nextInt(9_000),
                BigDecimal.valueOf((long) Math.exp(random.nextGaussian() * 2 + 8), 2),
                random.nextDouble() * 1e6
            });
        }
        Collections.shuffle(rows, random);

        rows.forEach(row -> simulator.send(visits, new Object[] {row[0]}, row));
        simulator.run(Integer.MAX_VALUE);
        checkNear(simulator, rows);

        List<Object[]> gone = rows.subList(0, 6_000);
        gone.forEach(row -> simulator.send(visits, new Object[] {row[0]}, null));
        simulator.run(Integer.MAX_VALUE);
        List<Object[]> left = rows.subList(6_000, 8_000);
        checkNear(simulator, left);

        Simulator fresh = new Simulator(plan, 1, new Random(2));
        left.reversed().forEach(row -> fresh.send(visits, new Object[] {row[0]}, row));
        fresh.run(Integer.MAX_VALUE);
        assertThat(fresh.output().get(List.of(1)))
                .containsExactly(simulator.output().get(List.of(1)));
    }

    private static void checkNear(Simulator simulator, List<Object[]> rows) {
        Object[] seen = simulator.output().get(List.of(1));
        long visitors = rows.stream().map(row -> row[1]).distinct().count();
        assertThat(((Long) seen[1]).doubleValue()).isCloseTo(visitors, within(visitors * 0.025));
        assertThat(((BigDecimal) seen[2]).doubleValue())
                .isCloseTo(quantile(rows, 2, 0.5), within(quantile(rows, 2, 0.5) * 0.005));
        assertThat((Double) seen[3]).isCloseTo(quantile(rows, 3, 0.99), within(quantile(rows, 3, 0.99) * 0.005));
    }

    private static double quantile(List<Object[]> rows, int column, double fraction) {
        List<Double> sorted = rows.stream()
                .map(row -> ((Number) row[column]).doubleValue())
                .sorted()
                .toList();
        return sorted.get((int) Math.ceil(fraction * sorted.size()) - 1);
    }
}
