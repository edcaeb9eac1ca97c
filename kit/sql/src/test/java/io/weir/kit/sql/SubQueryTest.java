package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.sql.SQLException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Queries inside expressions, over random histories, equal what DuckDB says of the final tables. */
class SubQueryTest extends AgainstDuckDb {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "in ~ SELECT id AS i FROM bronze.a WHERE k IN (SELECT k FROM bronze.b WHERE q > 1) ~ i bigint key",
                "not in ~ SELECT id AS i FROM bronze.a WHERE k NOT IN (SELECT k FROM bronze.b WHERE q > 3) ~ i bigint key",
                "not in without nulls ~ SELECT id AS i FROM bronze.a WHERE id NOT IN (SELECT q FROM bronze.b) ~ i bigint key",
                "not in where the filter takes the nulls ~ SELECT id AS i FROM bronze.a WHERE k IS NOT NULL AND k NOT IN (SELECT k FROM bronze.b WHERE k IS NOT NULL) ~ i bigint key",
                "not in, correlated ~ SELECT id AS i FROM bronze.a a WHERE k NOT IN (SELECT b.k FROM bronze.b b WHERE b.s = a.s) ~ i bigint key",
                "in, several columns ~ SELECT id AS i FROM bronze.a WHERE (k, s) IN (SELECT k, s FROM bronze.b) ~ i bigint key",
                "not in, several columns ~ SELECT id AS i FROM bronze.a WHERE k IS NOT NULL AND s IS NOT NULL AND (k, s) NOT IN (SELECT k, s FROM bronze.b WHERE k IS NOT NULL AND s IS NOT NULL) ~ i bigint key",
                "in a list of rows ~ SELECT id AS i FROM bronze.a WHERE ROW(k, s) IN (ROW(1, 'a'), ROW(2, 'b')) OR (k, n) IN ((3, 1), (4, 2)) ~ i bigint key",
                "exists ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b WHERE b.a_id = a.k AND b.q > 1) ~ i bigint key",
                "not exists ~ SELECT id AS i FROM bronze.a a WHERE NOT EXISTS (SELECT 1 FROM bronze.b b WHERE b.a_id = a.id) ~ i bigint key",
                "exists with more than equality ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b WHERE b.k = a.k AND b.q > a.n) ~ i bigint key",
                "not exists with more than equality ~ SELECT id AS i FROM bronze.a a WHERE NOT EXISTS (SELECT * FROM bronze.b b WHERE b.k = a.k AND b.q > a.n) ~ i bigint key",
                "not exists without equality ~ SELECT id AS i FROM bronze.a a WHERE NOT EXISTS (SELECT 1 FROM bronze.b b WHERE b.q > a.n) ~ i bigint key",
                "exists, uncorrelated ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b WHERE b.q > 3) ~ i bigint key",
                "exists over a join ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b JOIN bronze.c c ON c.y = b.q WHERE b.k = a.k AND c.v > a.n) ~ i bigint key",
                "exists over groups ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT b.k FROM bronze.b b WHERE b.a_id = a.k GROUP BY b.k HAVING COUNT(*) > 1) ~ i bigint key",
                "several ~ SELECT id AS i FROM bronze.a a WHERE k IN (SELECT k FROM bronze.b) AND NOT EXISTS (SELECT 1 FROM bronze.c c WHERE c.y = a.n) AND n > 0 ~ i bigint key",
                "in an or ~ SELECT id AS i FROM bronze.a a WHERE n > 2 OR EXISTS (SELECT 1 FROM bronze.b b WHERE b.a_id = a.id) OR k IN (SELECT y FROM bronze.c) ~ i bigint key",
                "not in inside an or ~ SELECT id AS i FROM bronze.a a WHERE n > 2 OR k NOT IN (SELECT k FROM bronze.b) ~ i bigint key",
                "selected exists ~ SELECT id AS i, EXISTS (SELECT 1 FROM bronze.b b WHERE b.k = a.k) AS v FROM bronze.a a ~ i bigint key, v boolean null",
                "selected in ~ SELECT id AS i, k IN (SELECT k FROM bronze.b) AS v FROM bronze.a ~ i bigint key, v boolean null",
                "selected not in, correlated ~ SELECT id AS i, k NOT IN (SELECT b.k FROM bronze.b b WHERE b.s = a.s) AS v FROM bronze.a a ~ i bigint key, v boolean null",
                "counted cases ~ SELECT k AS i, COUNT(*) AS n FROM bronze.a a WHERE k IS NOT NULL AND CASE WHEN n IN (SELECT q FROM bronze.b) THEN d > 1 ELSE d < 1 END GROUP BY k ~ i integer key, n bigint",
                "all ~ SELECT id AS i FROM bronze.a a WHERE n >= ALL (SELECT b.q FROM bronze.b b WHERE b.k = a.k) ~ i bigint key",
                "any ~ SELECT id AS i FROM bronze.a a WHERE n < ANY (SELECT b.q FROM bronze.b b WHERE b.k = a.k) ~ i bigint key",
                "scalar sum ~ SELECT id AS i, (SELECT SUM(b.q) FROM bronze.b b WHERE b.k = a.k) AS v FROM bronze.a a ~ i bigint key, v bigint null",
                "scalar count ~ SELECT id AS i, (SELECT COUNT(*) FROM bronze.b b WHERE b.a_id = a.id) AS v FROM bronze.a a ~ i bigint key, v bigint null",
                "scalar count compared ~ SELECT id AS i FROM bronze.a a WHERE (SELECT COUNT(*) FROM bronze.b b WHERE b.k = a.k AND b.q > 1) < 2 ~ i bigint key",
                "scalar with two equalities of one column ~ SELECT id AS i, (SELECT COUNT(*) FROM bronze.b b WHERE b.k = a.k AND b.q = a.k) AS v FROM bronze.a a ~ i bigint key, v bigint null",
                "scalar without equality ~ SELECT id AS i, (SELECT MAX(b.q) FROM bronze.b b WHERE b.k < a.k) AS v FROM bronze.a a ~ i bigint key, v integer null",
                "scalar of a unique row ~ SELECT id AS i, (SELECT b.s FROM bronze.b b WHERE b.id = a.k) AS v FROM bronze.a a ~ i bigint key, v varchar null",
                "scalar in an expression ~ SELECT id AS i, COALESCE((SELECT b.q FROM bronze.b b WHERE b.id = a.k), 0) + 1 AS v FROM bronze.a a ~ i bigint key, v integer null",
                "compared with an average ~ SELECT id AS i FROM bronze.b b WHERE q > (SELECT AVG(x.q) FROM bronze.b x WHERE x.k = b.k) ~ i integer key",
                "scalar of all rows ~ SELECT id AS i, n - (SELECT MIN(b.q) FROM bronze.b b WHERE b.q > 1) AS v FROM bronze.a a ~ i bigint key, v bigint null",
                "the first of all rows ~ SELECT id AS i, (SELECT b.q FROM bronze.b b WHERE b.q IS NOT NULL ORDER BY b.q LIMIT 1) AS v FROM bronze.a a ~ i bigint key, v integer null",
                "compared with all rows ~ SELECT id AS i FROM bronze.b b WHERE q > (SELECT AVG(x.q) FROM bronze.b x) ~ i integer key",
                "nested ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b WHERE b.a_id = a.k AND b.q > (SELECT AVG(c.v) FROM bronze.c c WHERE c.y = b.k)) ~ i bigint key",
                "nested in ~ SELECT id AS i FROM bronze.a WHERE k IN (SELECT k FROM bronze.b WHERE q IN (SELECT y FROM bronze.c WHERE v > 1)) ~ i bigint key",
                "nested, both correlated ~ SELECT id AS i FROM bronze.a a WHERE EXISTS (SELECT 1 FROM bronze.b b WHERE b.a_id = a.k AND NOT EXISTS (SELECT 1 FROM bronze.c c WHERE c.y = b.k AND c.v = a.n)) ~ i bigint key",
                "in having ~ SELECT k AS i, COUNT(*) AS n FROM bronze.a WHERE k IS NOT NULL GROUP BY k HAVING COUNT(*) IN (SELECT q FROM bronze.b) ~ i integer key, n bigint",
                "behind on ~ SELECT a.id AS i, b.id AS j FROM bronze.a a JOIN bronze.b b ON a.k = b.k AND b.q IN (SELECT c.y FROM bronze.c c WHERE c.v = a.n) ~ i bigint key, j integer key",
                "of an outer join ~ SELECT a.id AS i, COALESCE(b.id, -9) AS j FROM bronze.a a LEFT JOIN bronze.b b ON a.k = b.k WHERE b.q NOT IN (SELECT y FROM bronze.c) ~ i bigint key, j integer key",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }

    @Test
    void shouldRejectTheRowWhoseScalarSubqueryGivesSeveralRowsUntilItGivesOne() {
        Domain domain = TestDomain.of(
                "bronze.a id bigint key",
                "bronze.b id bigint key, a_id bigint, v integer",
                "silver.result id bigint key, v integer null");
        ModelPlan plan = SqlPlanner.plan(
                TestDomain.model("SELECT id, (SELECT b.v FROM bronze.b b WHERE b.a_id = a.id) AS v FROM bronze.a a"),
                domain);
        DataProduct a = domain.find("bronze.a").orElseThrow();
        DataProduct b = domain.find("bronze.b").orElseThrow();
        Simulator simulator = new Simulator(plan, 2, new Random(1));

        simulator.send(a, new Object[] {1L}, new Object[] {1L});
        simulator.send(a, new Object[] {2L}, new Object[] {2L});
        simulator.send(b, new Object[] {10L}, new Object[] {10L, 1L, 5});
        simulator.send(b, new Object[] {11L}, new Object[] {11L, 1L, 6});
        simulator.run(100);
        assertThat(simulator.output()).containsOnlyKeys(List.<Object>of(2L));
        assertThat(simulator.rejections()).anySatisfy(rejected -> assertThat(rejected.detail())
                .endsWith("the subquery gives more than one row where one value is needed"));

        simulator.send(b, new Object[] {10L}, null);
        simulator.run(100);
        assertThat(simulator.output().get(List.<Object>of(1L))).containsExactly(1L, 6);
    }

    @Test
    void shouldJoinByTheKeysOfASubqueryAndNotByItsRows() {
        ModelPlan plan = TestDomain.plan(
                "SELECT id FROM bronze.a a WHERE NOT EXISTS (SELECT 1 FROM bronze.b b WHERE b.id = a.id)",
                "bronze.a id bigint key",
                "bronze.b id bigint key, v integer",
                "silver.result id bigint key");

        assertThat(plan.explain().text()).contains("anti join").doesNotContain("-repartition");
        assertThat(plan.isKeyProved()).isTrue();
    }

    /** As in PostgreSQL: a row of which one column differs is certainly another, whatever the null beside it. DuckDB says otherwise. */
    @Test
    void shouldTellRowsApartByOneColumnThoughAnotherIsNull() {
        Domain domain = TestDomain.of(
                "bronze.a id bigint key, x integer null, y integer null",
                "bronze.b id bigint key, x integer null, y integer null",
                "silver.result id bigint key");
        ModelPlan plan = SqlPlanner.plan(
                TestDomain.model("SELECT id FROM bronze.a WHERE (x, y) NOT IN (SELECT x, y FROM bronze.b)"), domain);
        DataProduct a = domain.find("bronze.a").orElseThrow();
        DataProduct b = domain.find("bronze.b").orElseThrow();
        Simulator simulator = new Simulator(plan, 2, new Random(1));

        simulator.send(b, new Object[] {1L}, new Object[] {1L, 1, null});
        simulator.send(b, new Object[] {2L}, new Object[] {2L, 2, 2});
        simulator.send(a, new Object[] {10L}, new Object[] {10L, 0, 5});
        simulator.send(a, new Object[] {11L}, new Object[] {11L, 1, 5});
        simulator.send(a, new Object[] {12L}, new Object[] {12L, 2, 2});
        simulator.send(a, new Object[] {13L}, new Object[] {13L, 2, 3});
        simulator.send(a, new Object[] {14L}, new Object[] {14L, null, 2});
        simulator.run(1000);

        assertThat(simulator.output()).containsOnlyKeys(List.<Object>of(10L), List.<Object>of(13L));
    }
}
