package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rows of a product that several operators need by one key move once. */
class SharedMoveTest extends AgainstDuckDb {

    private static final String ORDERS =
            "bronze.orders id bigint key, customer_id bigint null, total decimal(8,2) null, quantity integer null";
    private static final String TWO_GROUPS = """
            WITH a AS (SELECT customer_id, COUNT(*) AS n FROM bronze.orders GROUP BY customer_id),
                 b AS (SELECT customer_id, SUM(100 / quantity) AS shares FROM bronze.orders WHERE total > 1 GROUP BY customer_id)
            SELECT a.customer_id AS id, a.n AS n, b.shares AS shares
            FROM a LEFT JOIN b ON b.customer_id = a.customer_id WHERE a.customer_id IS NOT NULL""";
    private static final String RESULT = "silver.result id bigint key, n bigint, shares bigint null";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "two groups ~ aggregate-1 ~ WITH x AS (SELECT k, COUNT(*) AS n FROM bronze.a GROUP BY k), y AS (SELECT k, SUM(n) AS m FROM bronze.a WHERE s <> 'a' GROUP BY k) SELECT x.k AS k, x.n AS n, y.m AS m FROM x JOIN y ON x.k = y.k ~ k integer key, n bigint, m decimal(38,0) null",
                "filters without a row in common ~ aggregate-1 sink ~ SELECT COALESCE(x.k, y.k) AS k, x.n AS n, y.n AS m FROM (SELECT k, COUNT(*) AS n FROM bronze.b WHERE q > 2 AND k IS NOT NULL GROUP BY k) x FULL JOIN (SELECT k, MAX(s) AS n FROM bronze.b WHERE q <= 2 AND k IS NOT NULL GROUP BY k) y ON x.k = y.k ~ k integer key, n bigint null, m varchar null",
                "three of one key, one of another ~ aggregate-1 aggregate-4 join-3-left sink ~ SELECT x.k AS k, x.n AS n, y.n AS m, z.n AS o, w.n AS p FROM (SELECT k, COUNT(*) AS n FROM bronze.a GROUP BY k) x LEFT JOIN (SELECT k, MIN(s) AS n FROM bronze.a WHERE b GROUP BY k) y ON y.k = x.k LEFT JOIN (SELECT k, COUNT(DISTINCT s) AS n FROM bronze.a GROUP BY k) z ON z.k = x.k LEFT JOIN (SELECT s, COUNT(*) AS n FROM bronze.a GROUP BY s) w ON w.s = y.n WHERE x.k IS NOT NULL ~ k integer key, n bigint, m varchar null, o bigint null, p bigint null",
                "by an expression ~ aggregate-1 ~ SELECT x.k AS k, x.n AS n, y.m AS m FROM (SELECT COALESCE(k, -1) AS k, COUNT(*) AS n FROM bronze.a GROUP BY COALESCE(k, -1)) x JOIN (SELECT COALESCE(k, -1) AS k, MIN(UPPER(s)) AS m FROM bronze.a WHERE d > 1 GROUP BY COALESCE(k, -1)) y ON y.k = x.k ~ k integer key, n bigint, m varchar null",
                "events ~ aggregate-1 ~ SELECT x.k AS k, x.n AS n, y.d AS d FROM (SELECT k, COUNT(*) AS n FROM bronze.e GROUP BY k) x JOIN (SELECT k, MAX(d) AS d FROM bronze.e WHERE s IS NOT NULL GROUP BY k) y ON y.k = x.k ~ k integer key, n bigint, d decimal(8,2) null",
                "rows that are their own key ~ aggregate-1 ~ SELECT x.k AS k, x.n AS n, y.m AS m FROM (SELECT k, COUNT(*) AS n FROM bronze.m GROUP BY k) x JOIN (SELECT k, MAX(s) AS m FROM bronze.m WHERE b GROUP BY k) y ON y.k = x.k ~ k integer key, n bigint, m varchar null",
                "a self-join ~ join-1-left sink ~ SELECT x.id AS i, y.id AS j FROM bronze.a x JOIN bronze.a y ON x.k = y.k AND x.n > y.n ~ i bigint key, j bigint key",
                "a group and a window ~ window-1 sink ~ SELECT x.id AS id, x.place AS place, y.n AS n FROM (SELECT id, k, ROW_NUMBER() OVER (PARTITION BY k ORDER BY n, id) AS place FROM bronze.a) x JOIN (SELECT k, COUNT(*) AS n FROM bronze.a WHERE n > 1 GROUP BY k) y ON y.k = x.k ~ id bigint key, place bigint, n bigint",
            })
    void shouldEqualItsQueryAndMoveItsRowsOnce(String name, String topics, String sql, String columns)
            throws SQLException {
        QueryGenerator.Query query = new QueryGenerator.Query(sql, "silver.result " + columns);

        assertThat(topics(EqualsItsQueryTest.plan(query))).as(name).containsExactlyInAnyOrder(topics.split(" "));
        check(sql, columns);
        for (long seed = 1; seed <= 3; seed++) {
            RestartTest.restartsOf(seed, new Random(seed), query);
        }
    }

    @Test
    void shouldRejectARowOnlyForTheGroupWhoseExpressionFails() {
        Domain domain = TestDomain.of(ORDERS, RESULT);
        DataProduct orders = domain.find("bronze.orders").orElseThrow();
        try (TopologyHarness harness = new TopologyHarness(
                SqlPlanner.plan(TestDomain.model(TWO_GROUPS), domain), domain, ModelTopology.StateKind.ROCKSDB)) {

            harness.upsert(orders, 1L, 7L, new BigDecimal("2.00"), 4);
            harness.upsert(orders, 2L, 7L, new BigDecimal("2.00"), 0);
            assertThat(harness.table().values()).containsExactly(new Object[] {7L, 2L, 25L});
            assertThat(harness.quarantined())
                    .singleElement()
                    .asString()
                    .contains("division by zero in \"100 / quantity\"");
            harness.restart();
            harness.upsert(orders, 2L, 7L, new BigDecimal("2.00"), 50);
            harness.upsert(orders, 1L, 7L, new BigDecimal("1.00"), 0);
            assertThat(harness.table().values()).containsExactly(new Object[] {7L, 2L, 2L});
            harness.delete(orders, 2L);

            assertThat(harness.table().values()).containsExactly(new Object[] {7L, 1L, null});
            assertThat(harness.quarantined()).isEmpty();
        }
    }

    @Test
    void shouldSayForWhichReadingsRowsMoveOnce() {
        ModelPlan plan = TestDomain.plan(TWO_GROUPS, ORDERS, RESULT);

        assertThat(plan.explain().text().lines().filter(line -> line.contains("moves ")))
                .hasSize(2)
                .allMatch(line -> line.endsWith(
                        "aggregate-1-repartition by (customer_id), 2 partitions, once for source-1, source-2"));
    }

    @Test
    void shouldHaveAnotherFingerprintWhereOtherColumnsMoveTogether() {
        String other = TWO_GROUPS.replace("SUM(100 / quantity)", "SUM(quantity / 100)");

        assertThat(TestDomain.plan(other, ORDERS, RESULT).fingerprint())
                .isNotEqualTo(TestDomain.plan(TWO_GROUPS, ORDERS, RESULT).fingerprint());
    }

    /** The repartition topics, each once. */
    private static Set<String> topics(ModelPlan plan) {
        return Pattern.compile("[^ ]+(?=-repartition)")
                .matcher(plan.explain().text())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());
    }
}
