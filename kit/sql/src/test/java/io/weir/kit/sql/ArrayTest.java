package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProblemsException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Arrays in rows: gathered, built, taken apart. */
class ArrayTest extends AgainstDuckDb {

    private static final String ORDERS = "bronze.orders id bigint key, tags varchar[] null, n integer[] null";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "array_agg ~ SELECT COALESCE(k, -1) AS k, ARRAY_AGG(s ORDER BY s, id) AS a, ARRAY_AGG(n ORDER BY n DESC, id) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a varchar[] null, b bigint[] null",
                "array_agg of none ~ SELECT 1 AS one, ARRAY_AGG(id ORDER BY id) AS a FROM bronze.a WHERE k = 3 AND s = 'B' ~ one integer key, a bigint[] null",
                "array_agg distinct ~ SELECT q, ARRAY_AGG(DISTINCT s ORDER BY s) AS a FROM bronze.b GROUP BY q ~ q integer key, a varchar[] null",
                "elements ~ SELECT q, (ARRAY_AGG(id ORDER BY id))[1] AS f, (ARRAY_AGG(id ORDER BY id))[3] AS t, CARDINALITY(ARRAY_AGG(id ORDER BY id)) AS c FROM bronze.b GROUP BY q ~ q integer key, f integer null, t integer null, c bigint null",
                "constructor ~ SELECT id, ARRAY[k, q, NULL] AS a FROM bronze.b ~ id integer key, a integer[] null",
                "grouped by an array ~ SELECT a, COUNT(*) AS n FROM (SELECT q, ARRAY_AGG(k ORDER BY k) AS a FROM bronze.b GROUP BY q) x GROUP BY a ~ a integer[] null, n bigint",
                "array_agg of some ~ SELECT COALESCE(k, -1) AS k, ARRAY_AGG(s ORDER BY id DESC) FILTER (WHERE d > 1) AS a, ARRAY_AGG(DISTINCT s ORDER BY s DESC) FILTER (WHERE id > 2) AS b, STRING_AGG(s, '+' ORDER BY id DESC) FILTER (WHERE d > 1) AS c FROM bronze.e GROUP BY COALESCE(k, -1) ~ k integer key, a varchar[] null, b varchar[] null, c varchar null",
                "array_agg of records ~ SELECT COALESCE(k, -1) AS k, ARRAY_AGG(r ORDER BY id) FILTER (WHERE s <> 'b') AS a, ARRAY_AGG(ROW(id, r) ORDER BY id DESC) AS b FROM bronze.e GROUP BY COALESCE(k, -1) ~ k integer key, a row(x:integer;y:varchar)[] null, b row(i:bigint;r:row(x:integer;y:varchar))[] null",
                "compared ~ SELECT a.id, b.id AS other, a.g = b.g AS e, a.g <> b.g AS n, a.g < b.g AS l, a.g >= b.g AS m, a.g IS DISTINCT FROM b.g AS d, a.g = ARRAY[1, 2] AS c FROM bronze.e a CROSS JOIN bronze.e b ~ id bigint key, other bigint key, e boolean null, n boolean null, l boolean null, m boolean null, d boolean null, c boolean null",
                "joined by an array ~ SELECT a.id, b.id AS other FROM bronze.e a LEFT JOIN bronze.e b ON a.g = b.g AND a.k <> b.k ~ id bigint null, other bigint null",
                "not in arrays ~ SELECT id FROM bronze.e WHERE g NOT IN (SELECT g FROM bronze.e WHERE k > 1 AND g IS NOT NULL) ~ id bigint key",
                "with nulls in a case ~ SELECT id, NULLIF(g, ARRAY[1]) AS a, COALESCE(g, ARRAY[7]) AS b, CASE WHEN k > 1 THEN g ELSE ARRAY[9] END AS c FROM bronze.e ~ id bigint key, a integer[] null, b integer[] null, c integer[] null",
                "any of an array ~ SELECT id FROM bronze.e WHERE k = ANY (g) OR k = ANY (ARRAY[1, 2]) ~ id bigint key",
                "cast ~ SELECT id, CAST(g AS BIGINT[]) AS a, g::DECIMAL(8, 2)[] AS b, CAST(g AS DOUBLE PRECISION[]) AS c, CAST(g AS VARCHAR ARRAY) AS d FROM bronze.e ~ id bigint key, a bigint[] null, b decimal(8,2)[] null, c double[] null, d varchar[] null",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, sql.replace("CARDINALITY(", "len(").replace(" ARRAY)", "[])"), columns);
    }

    @Test
    void shouldGiveARowForEachElement() {
        Simulator simulator = simulator(
                "SELECT o.id, t.tag FROM bronze.orders o CROSS JOIN UNNEST(o.tags) AS t (tag) WHERE t.tag <> 'x'",
                "silver.result id bigint null, tag varchar null");
        DataProduct orders = orders();

        simulator.send(orders, new Object[] {1L}, new Object[] {1L, Arrays.asList("a", "b", "x", null, "b"), null});
        simulator.send(orders, new Object[] {2L}, new Object[] {2L, List.of("a"), null});
        simulator.send(orders, new Object[] {3L}, new Object[] {3L, List.of(), null});
        simulator.send(orders, new Object[] {4L}, new Object[] {4L, null, null});
        simulator.send(orders, new Object[] {2L}, new Object[] {2L, List.of("c", "a"), null});
        simulator.run(1_000);

        assertThat(simulator.rows().stream().map(Arrays::toString))
                .containsExactlyInAnyOrder("[1, a]", "[1, b]", "[1, b]", "[2, c]", "[2, a]");
    }

    @Test
    void shouldNumberElementsAndKeepRowsWithoutAny() {
        String from =
                "FROM bronze.orders o LEFT JOIN UNNEST(o.tags) WITH ORDINALITY AS t (tag, place) ON TRUE LEFT JOIN UNNEST(o.n) AS u (x) ON TRUE";
        Simulator simulator = simulator(
                "SELECT o.id, t.tag, t.place, u.x " + from,
                "silver.result id bigint null, tag varchar null, place integer null, x integer null");
        DataProduct orders = orders();

        simulator.send(orders, new Object[] {1L}, new Object[] {1L, List.of("a", "a"), Arrays.asList(5, null)});
        simulator.send(orders, new Object[] {2L}, new Object[] {2L, List.of(), null});
        simulator.send(orders, new Object[] {3L}, new Object[] {3L, null, List.of(6)});
        simulator.send(orders, new Object[] {3L}, new Object[] {3L, List.of("c"), List.of(6)});
        simulator.run(1_000);

        assertThat(simulator.rows().stream().map(Arrays::toString))
                .containsExactlyInAnyOrder(
                        "[1, a, 1, 5]",
                        "[1, a, 1, null]",
                        "[1, a, 2, 5]",
                        "[1, a, 2, null]",
                        "[2, null, null, null]",
                        "[3, c, 1, 6]");
    }

    @Test
    void shouldProveThatAnElementsPlaceTellsItApart() {
        ModelPlan plan = TestDomain.plan(
                "SELECT o.id, t.place, t.tag FROM bronze.orders o CROSS JOIN UNNEST(o.tags) WITH ORDINALITY AS t (tag, place)",
                ORDERS,
                "silver.result id bigint key, place integer key, tag varchar null");

        assertThat(plan.isKeyProved()).isTrue();
    }

    @Test
    void shouldReadElementsOfAProductsArray() {
        Simulator simulator = simulator(
                "SELECT id, tags[1] AS first, n[2] + 1 AS second, CARDINALITY(tags) AS size, tags FROM bronze.orders WHERE n[1] > 1",
                "silver.result id bigint key, first varchar null, second integer null, size integer null, tags varchar[] null");
        DataProduct orders = orders();

        simulator.send(orders, new Object[] {1L}, new Object[] {1L, List.of("a", "b"), List.of(2, 3)});
        simulator.send(orders, new Object[] {2L}, new Object[] {2L, List.of(), List.of(2)});
        simulator.send(orders, new Object[] {3L}, new Object[] {3L, List.of("a"), List.of(1)});
        simulator.run(1_000);

        assertThat(simulator.rows().stream().map(Arrays::toString))
                .containsExactlyInAnyOrder("[1, a, 4, 2, [a, b]]", "[2, null, null, 0, []]");
    }

    @Test
    void shouldSayWhatUnnestTakes() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT 1 AS one, x FROM UNNEST(ARRAY[1, 2]) AS t (x)",
                        ORDERS,
                        "silver.result one integer key, x integer"))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("UNNEST takes one array column of a relation before it");
    }

    private static Simulator simulator(String sql, String contract) {
        return new Simulator(TestDomain.plan(sql, ORDERS, contract), 2, new Random(1));
    }

    private static DataProduct orders() {
        return TestDomain.product(ORDERS);
    }
}
