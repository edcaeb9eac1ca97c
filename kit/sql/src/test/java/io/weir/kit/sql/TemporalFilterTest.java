package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows enter and leave as time goes on, and the output is what DuckDB says of the last moment. */
class TemporalFilterTest extends AgainstDuckDb {

    private static final String ORDERS =
            "bronze.orders id bigint key, customer_id bigint null, ordered_at timestamp null";
    private static final long DAY_MS = 86_400_000;
    private static final long START_MS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "the last day ~ SELECT id AS i, n AS v FROM bronze.a WHERE t > CURRENT_TIMESTAMP - INTERVAL '1' DAY ~ i bigint key, v bigint null",
                "up to now ~ SELECT id AS i FROM bronze.a WHERE t <= CURRENT_TIMESTAMP ~ i bigint key",
                "a window of time ~ SELECT id AS i FROM bronze.a WHERE t BETWEEN CURRENT_TIMESTAMP - INTERVAL '12' HOUR AND CURRENT_TIMESTAMP + INTERVAL '6' HOUR AND k > 1 ~ i bigint key",
                "the other way round ~ SELECT id AS i FROM bronze.a WHERE CURRENT_TIMESTAMP - INTERVAL '6' HOUR >= t ~ i bigint key",
                "of an expression ~ SELECT id AS i FROM bronze.a WHERE t + INTERVAL '3' HOUR < CURRENT_TIMESTAMP ~ i bigint key",
                "with months ~ SELECT id AS i FROM bronze.a WHERE t - INTERVAL '1' MONTH >= CURRENT_TIMESTAMP - INTERVAL '1' MONTH ~ i bigint key",
                "by day ~ SELECT id AS i FROM bronze.a WHERE CAST(t AS DATE) >= CURRENT_DATE - INTERVAL '1' DAY ~ i bigint key",
                "by days ~ SELECT id AS i FROM bronze.a WHERE CAST(t AS DATE) > CURRENT_DATE - 1 ~ i bigint key",
                "today ~ SELECT id AS i FROM bronze.a WHERE CAST(t AS DATE) = CURRENT_DATE ~ i bigint key",
                "not today ~ SELECT id AS i FROM bronze.a WHERE NOT (CAST(t AS DATE) = CURRENT_DATE) OR k = 1 ~ i bigint key",
                "now ~ SELECT id AS i FROM bronze.a WHERE t > now() - INTERVAL '12 hours' ~ i bigint key",
                "since the start of the day ~ SELECT id AS i FROM bronze.a WHERE t >= DATE_TRUNC('day', CURRENT_TIMESTAMP) ~ i bigint key",
                "of this week and the last month ~ SELECT id AS i, t >= DATE_TRUNC('week', NOW()) AS v, t < DATE_TRUNC('month', CURRENT_DATE) - INTERVAL '1' MONTH AS w FROM bronze.a ~ i bigint key, v boolean null, w boolean null",
                "the first of each in the last day ~ SELECT COALESCE(k, -1) AS i, id AS v FROM bronze.a WHERE t > CURRENT_TIMESTAMP - INTERVAL '1' DAY QUALIFY ROW_NUMBER() OVER (PARTITION BY COALESCE(k, -1) ORDER BY n DESC, id) = 1 ~ i integer key, v bigint",
                "by age ~ SELECT id AS i FROM bronze.a WHERE NOW() - t < INTERVAL '1' DAY AND k < 4 ~ i bigint key",
                "by age in days ~ SELECT id AS i, 1 >= CURRENT_DATE - CAST(t AS DATE) AS v, CAST(t AS DATE) - CURRENT_DATE < k AS w FROM bronze.a ~ i bigint key, v boolean null, w boolean null",
                "of an age between two ~ SELECT id AS i FROM bronze.a WHERE CURRENT_DATE - CAST(t AS DATE) BETWEEN 0 AND 1 OR t - CURRENT_TIMESTAMP BETWEEN INTERVAL '6' HOUR AND INTERVAL '18' HOUR ~ i bigint key",
                "in a case ~ SELECT id AS i, CASE WHEN t > CURRENT_TIMESTAMP THEN 'ahead' WHEN t > CURRENT_TIMESTAMP - INTERVAL '1' DAY THEN 'new' ELSE 'old' END AS v FROM bronze.a ~ i bigint key, v varchar",
                "grouped ~ SELECT COALESCE(k, -1) AS i, COUNT(*) AS n FROM bronze.a WHERE t > CURRENT_TIMESTAMP - INTERVAL '1' DAY GROUP BY COALESCE(k, -1) ~ i integer key, n bigint",
                "in the filter of an aggregate ~ SELECT COALESCE(k, -1) AS i, COUNT(*) FILTER (WHERE t > CURRENT_TIMESTAMP - INTERVAL '12' HOUR) AS n, MAX(n) FILTER (WHERE t < CURRENT_TIMESTAMP) AS m FROM bronze.a GROUP BY COALESCE(k, -1) ~ i integer key, n bigint, m bigint null",
                "joined ~ SELECT a.id AS i, b.id AS j FROM bronze.a a JOIN bronze.b b ON b.k = a.k WHERE a.t > CURRENT_TIMESTAMP - INTERVAL '1' DAY ~ i bigint key, j integer key",
                "behind on of an outer join ~ SELECT b.id AS i, a.n AS v FROM bronze.b b LEFT JOIN bronze.a a ON a.id = b.k AND a.t > CURRENT_TIMESTAMP - INTERVAL '1' DAY ~ i integer key, v bigint null",
                "of a group ~ SELECT i, v FROM (SELECT COALESCE(k, -1) AS i, MAX(t) AS v FROM bronze.a GROUP BY COALESCE(k, -1)) x WHERE v > CURRENT_TIMESTAMP - INTERVAL '18' HOUR ~ i integer key, v timestamp",
                "under a window ~ SELECT id AS i, ROW_NUMBER() OVER (ORDER BY id) AS v FROM bronze.a WHERE t > CURRENT_TIMESTAMP - INTERVAL '1' DAY ~ i bigint key, v bigint",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }

    @ParameterizedTest
    @EnumSource
    void shouldLetRowsLeaveByThemselvesOverARestart(ModelTopology.StateKind kind) {
        Domain domain = TestDomain.of(ORDERS, "silver.result id bigint key, orders bigint");
        DataProduct orders = domain.find("bronze.orders").orElseThrow();
        String sql =
                "SELECT customer_id AS id, COUNT(*) AS orders FROM bronze.orders WHERE customer_id IS NOT NULL AND ordered_at > CURRENT_TIMESTAMP - INTERVAL '30' DAY GROUP BY customer_id";
        try (TopologyHarness harness =
                new TopologyHarness(SqlPlanner.plan(TestDomain.model(sql), domain), domain, kind)) {
            harness.upsert(orders, 1L, 7L, START_MS - 29 * DAY_MS);
            harness.upsert(orders, 2L, 7L, START_MS);
            harness.upsert(orders, 3L, 7L, START_MS - 31 * DAY_MS);
            assertThat(harness.written()).containsExactly("[7]=[7, 1]", "[7]=[7, 2]");

            harness.advance(Duration.ofDays(1).minusSeconds(2));
            assertThat(harness.written()).isEmpty();
            harness.restart();
            harness.advance(Duration.ofSeconds(3));
            assertThat(harness.written()).containsExactly("[7]=[7, 1]");

            harness.delete(orders, 1L); // has left already
            assertThat(harness.written()).isEmpty();
            harness.advance(Duration.ofDays(29));
            assertThat(harness.written()).containsExactly("[7]=null");
            harness.delete(orders, 2L);
            assertThat(harness.written()).isEmpty();
        }
    }

    @Test
    void shouldKeepNothingOfRowsThatStay() {
        Domain domain = TestDomain.of(ORDERS, "silver.result id bigint key");
        ModelPlan plan = SqlPlanner.plan(
                TestDomain.model(
                        "SELECT id FROM bronze.orders WHERE ordered_at > CURRENT_TIMESTAMP - INTERVAL '30' DAY"),
                domain);

        assertThat(plan.usesClock()).isTrue();
        assertThat(plan.explain().text()).contains("sink: one row per key already");
        assertThat(plan.sqlAt(Instant.parse("2026-01-01T00:00:00Z")))
                .isEqualTo(
                        "SELECT id FROM bronze.orders WHERE ordered_at > TIMESTAMP '2026-01-01 00:00:00.000' - INTERVAL '30' DAY");
    }
}
