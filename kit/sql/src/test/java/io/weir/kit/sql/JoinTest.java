package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every kind of join, over random histories, equals what DuckDB says of the final tables. */
class JoinTest extends AgainstDuckDb {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "right ~ SELECT b.id AS i, COALESCE(a.id, -9) AS j, a.s AS v FROM bronze.a a RIGHT JOIN bronze.b b ON b.a_id = a.k ~ i integer key, j bigint key, v varchar null",
                "full ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j, a.s AS v, b.q AS w FROM bronze.a a FULL JOIN bronze.b b ON b.k = a.k ~ i bigint key, j integer key, v varchar null, w integer null",
                "full on a unique side ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j FROM bronze.a a FULL JOIN bronze.b b ON b.a_id = a.id ~ i bigint key, j integer key",
                "cross ~ SELECT a.id AS i, b.id AS j, a.s || b.s AS v FROM bronze.a a CROSS JOIN bronze.b b ~ i bigint key, j integer key, v varchar null",
                "comma ~ SELECT a.id AS i, b.id AS j FROM bronze.a a, bronze.b b WHERE a.k = b.k AND a.n < b.q ~ i bigint key, j integer key",
                "comma without condition ~ SELECT a.id AS i, c.x AS x, c.y AS y FROM bronze.a a, bronze.c c ~ i bigint key, x varchar key, y integer key",
                "inner with more ~ SELECT a.id AS i, b.id AS j FROM bronze.a a JOIN bronze.b b ON a.k = b.k AND (a.n > b.q OR a.s = b.s) ~ i bigint key, j integer key",
                "left with more ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j, b.s AS v FROM bronze.a a LEFT JOIN bronze.b b ON a.k = b.k AND a.n >= b.q ~ i bigint key, j integer key, v varchar null",
                "left with a condition on each side ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j FROM bronze.a a LEFT JOIN bronze.b b ON a.k = b.k AND a.b AND b.q > 1 ~ i bigint key, j integer key",
                "right with more ~ SELECT COALESCE(a.id, -9) AS i, b.id AS j FROM bronze.a a RIGHT JOIN bronze.b b ON a.k = b.k AND a.n >= b.q ~ i bigint key, j integer key",
                "full with more ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j FROM bronze.a a FULL JOIN bronze.b b ON a.k = b.k AND a.n >= b.q ~ i bigint key, j integer key",
                "full with a condition on each side ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j FROM bronze.a a FULL JOIN bronze.b b ON a.k = b.k AND a.b AND b.q > 1 ~ i bigint key, j integer key",
                "no equality ~ SELECT a.id AS i, b.id AS j FROM bronze.a a JOIN bronze.b b ON a.k < b.k ~ i bigint key, j integer key",
                "left without equality ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j FROM bronze.a a LEFT JOIN bronze.b b ON a.k < b.k AND a.n > b.q ~ i bigint key, j integer key",
                "self ~ SELECT x.id AS i, y.id AS j FROM bronze.a x JOIN bronze.a y ON x.k = y.k AND x.id < y.id ~ i bigint key, j bigint key",
                "self left ~ SELECT x.id AS i, y.s AS v FROM bronze.b x LEFT JOIN bronze.b y ON y.id = x.a_id ~ i integer key, v varchar null",
                "several keys ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j FROM bronze.a a LEFT JOIN bronze.b b ON a.k = b.k AND a.s = b.s ~ i bigint key, j integer key",
                "using ~ SELECT a.id AS i, b.id AS j, k AS v FROM bronze.a a JOIN bronze.b b USING (k) ~ i bigint key, j integer key, v integer null",
                "full using ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j, k AS v FROM bronze.a a FULL JOIN bronze.b b USING (k, s) ~ i bigint key, j integer key, v integer null",
                "nulls that match ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j FROM bronze.a a LEFT JOIN bronze.b b ON a.k IS NOT DISTINCT FROM b.k ~ i bigint key, j integer key",
                "three ways ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j, COALESCE(c.x, '-') AS x, COALESCE(c.y, -9) AS y FROM bronze.a a FULL JOIN bronze.b b ON a.k = b.k LEFT JOIN bronze.c c ON c.y = b.q AND c.v > a.n ~ i bigint key, j integer key, x varchar key, y integer key",
                "aggregated on top ~ SELECT b.q AS i, COUNT(*) AS n, COUNT(a.id) AS m FROM bronze.a a RIGHT JOIN bronze.b b ON a.k = b.k AND a.n > b.q GROUP BY b.q ~ i integer key, n bigint, m bigint",
                "interval ~ SELECT x.id AS i, y.id AS j FROM bronze.a x JOIN bronze.a y ON x.k = y.k AND x.t BETWEEN y.t - INTERVAL '12' HOUR AND y.t ~ i bigint key, j bigint key",
                "interval left ~ SELECT x.id AS i, COALESCE(y.id, -9) AS j FROM bronze.a x LEFT JOIN bronze.a y ON x.k = y.k AND x.t >= y.t - INTERVAL '1' DAY AND x.t < y.t ~ i bigint key, j bigint key",
                "interval without equality ~ SELECT x.id AS i, COALESCE(y.id, -9) AS j FROM bronze.a x LEFT JOIN bronze.a y ON y.t BETWEEN x.t AND x.t + INTERVAL '12' HOUR ~ i bigint key, j bigint key",
                "interval of numbers ~ SELECT COALESCE(a.id, -9) AS i, COALESCE(b.id, -9) AS j FROM bronze.a a FULL JOIN bronze.b b ON a.k = b.k AND b.q BETWEEN a.n - 1 AND a.n + 1 ~ i bigint key, j integer key",
                "interval open to one side ~ SELECT x.id AS i, y.id AS j FROM bronze.a x JOIN bronze.a y ON x.k = y.k AND x.t > y.t ~ i bigint key, j bigint key",
                "temporal ~ SELECT a.id AS i, v.p AS p, v.t AS t FROM bronze.a a JOIN bronze.v FOR SYSTEM_TIME AS OF a.t v ON v.k = a.k ~ i bigint key, p bigint null, t timestamp null",
                "temporal left ~ SELECT a.id AS i, v.p AS p, v.t AS t FROM bronze.a a LEFT JOIN bronze.v FOR SYSTEM_TIME AS OF a.t v ON v.k = a.k ~ i bigint key, p bigint null, t timestamp null",
                "temporal after a join, grouped ~ SELECT b.q AS i, SUM(v.p) AS p FROM bronze.b b JOIN bronze.a a ON a.k = b.k LEFT JOIN bronze.v FOR SYSTEM_TIME AS OF a.t v ON v.k = b.q WHERE a.n > 1 AND a.t IS NOT NULL GROUP BY b.q ~ i integer key, p decimal(38,0) null",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }

    @Test
    void shouldSearchForPartnersOnlyInTheInterval() {
        ModelPlan plan = TestDomain.plan(
                "SELECT x.id AS i, y.id AS j FROM bronze.a x JOIN bronze.a y ON x.k = y.k AND x.t BETWEEN y.t - INTERVAL '5' MINUTE AND y.t",
                QueryGenerator.A,
                "silver.result i bigint key, j bigint key");

        assertThat(plan.explain().text()).contains("the partners of the key within the range");
        assertThat(((JoinRows) plan.root()).spec().within())
                .satisfies(within -> assertThat(within.low()).isEqualTo(-300_000))
                .satisfies(within -> assertThat(within.high()).isZero());
    }

    @Test
    void shouldRepartitionOnlyWhereTheKeyChanges() {
        ModelPlan plan = TestDomain.plan(
                """
                SELECT c.id AS i, COALESCE(x.id, 0) AS j
                FROM bronze.c c FULL JOIN bronze.d d ON d.id = c.id LEFT JOIN bronze.x x ON x.c_id = c.id AND x.n > d.n""",
                "bronze.c id bigint key",
                "bronze.d id bigint key, n integer",
                "bronze.x id bigint key, c_id bigint, n integer",
                "silver.result i bigint key, j bigint key");

        assertThat(plan.explain().text()).doesNotContain("join-1-left-repartition", "join-1-right-repartition");
    }

    @Test
    void shouldNotMoveRowsAgainThatLieByTheKeyAlready() {
        ModelPlan plan = TestDomain.plan(
                """
                SELECT c.id AS i, s.n AS n
                FROM bronze.c c
                JOIN (
                    SELECT o.c_id AS c_id, COUNT(*) AS n FROM bronze.o o JOIN bronze.r r ON r.c_id = o.c_id GROUP BY o.c_id
                ) s ON s.c_id = c.id""",
                "bronze.c id bigint key",
                "bronze.o id bigint key, c_id bigint",
                "bronze.r id bigint key, c_id bigint",
                "silver.result i bigint key, n bigint");

        assertThat(plan.explain().text().lines().filter(line -> line.contains("moves ")))
                .hasSize(2);
    }
}
