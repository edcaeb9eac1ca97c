package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.ProblemsException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Records and maps in rows: read, passed on, compared, made, taken apart. */
class NestedTest {

    private static final String ORDERS =
            "bronze.orders id bigint key, address row(city:varchar;geo:row(x:integer;y:integer)) null, labels map(integer) null, items row(sku:varchar;n:integer)[] null";

    private static final List<Object> ULM = Arrays.asList("Ulm", List.of(1, 2));
    private static final List<Object> BONN = Arrays.asList("Bonn", null);

    @Test
    void shouldReadFieldsAndPassOnTheWhole() {
        assertThat(
                        rows(
                                "SELECT id, address, o.address.city, o.address.geo.x + 1 AS x, labels['a'] AS a, labels FROM bronze.orders o WHERE o.address.city <> 'Rom'",
                                "silver.result id bigint key, address row(city:varchar;geo:row(x:integer;y:integer)) null, city varchar null, x integer null, a integer null, labels map(integer) null"))
                .containsExactlyInAnyOrder(
                        "[1, [Ulm, [1, 2]], Ulm, 2, 7, {a=7, b=null}]", "[2, [Bonn, null], Bonn, null, null, {}]");
    }

    @Test
    void shouldReadFieldsWithoutTheTableAndNameThem() {
        assertThat(rows(
                        "SELECT id, address.city, (address).geo.x, items[1].sku FROM bronze.orders WHERE address.geo.y = 2",
                        "silver.result id bigint key, city varchar null, x integer null, sku varchar null"))
                .containsExactly("[1, Ulm, 1, a]");
    }

    @Test
    void shouldTakeATableForATable() {
        assertThat(rows(
                        "SELECT address.id, address.address.city FROM bronze.orders address WHERE address.id = 1",
                        "silver.result id bigint key, city varchar null"))
                .containsExactly("[1, Ulm]");
    }

    @Test
    void shouldSayWhatIsNotHad() {
        String result = "silver.result id bigint key, a varchar null";
        refused(
                "SELECT a.id, address.city AS a FROM bronze.orders a JOIN bronze.orders b ON a.id = b.id",
                result,
                "1:14: column \"address\" is in more than one table; write the table before it");
        refused("SELECT id, address.town AS a FROM bronze.orders", result, "1:20: Unknown field 'town'");
        refused(
                "SELECT id, CARDINALITY(x) AS a FROM (SELECT id, ARRAY_AGG(ARRAY[id] ORDER BY id) AS x FROM bronze.orders GROUP BY id) y",
                result,
                "1:49: there are no arrays of BIGINT[]; gather records that hold them: ARRAY_AGG(ROW(x))");
        refused(
                "SELECT id, 'x' AS a FROM bronze.orders WHERE address IN (SELECT address FROM bronze.orders)",
                result,
                "1:46: Values passed to IN operator must have compatible types; cast one side, and look for a record with EXISTS (SELECT 1 FROM b WHERE b.record = a.record)");
        refused(
                "SELECT o.id, CAST((SELECT COUNT(*) FROM bronze.orders i WHERE i.address = o.address) AS VARCHAR) AS a FROM bronze.orders o",
                result,
                "1:19: a subquery of one value that takes a whole record of the row around it is not maintained; compare the fields: a.record.x = b.record.x");
        refused(
                "SELECT id, (CAST(ARRAY['a'] AS INTEGER ARRAY))[1] AS a FROM bronze.orders",
                "silver.result id bigint key, a integer null",
                "1:12: VARCHAR[] is not cast to INTEGER[]; take it apart, cast the parts, and put them together with ROW, ARRAY or ARRAY_AGG");
    }

    private static void refused(String sql, String contract, String message) {
        assertThatThrownBy(() -> TestDomain.plan(sql, ORDERS, contract))
                .isInstanceOf(ProblemsException.class)
                .hasMessage(TestDomain.FILE + ":" + message);
    }

    @Test
    void shouldGroupAndJoinByRecords() {
        assertThat(
                        rows(
                                "SELECT a.address, COUNT(*) AS n, MIN(a.id) AS first FROM bronze.orders a JOIN bronze.orders b ON a.address = b.address GROUP BY a.address",
                                "silver.result address row(city:varchar;geo:row(x:integer;y:integer)) null, n bigint, first bigint null"))
                .containsExactlyInAnyOrder("[[Ulm, [1, 2]], 1, 1]", "[[Bonn, null], 1, 2]");
        assertThat(rows(
                        "SELECT o.address.city AS city, COUNT(*) AS n FROM bronze.orders o GROUP BY o.address.city",
                        "silver.result city varchar null, n bigint"))
                .containsExactlyInAnyOrder("[Ulm, 1]", "[Bonn, 1]", "[null, 1]");
    }

    @Test
    void shouldMakeRecordsAndMaps() {
        assertThat(rows(
                        "SELECT id, ROW(CAST(o.address.geo.x AS INTEGER), o.address.city) AS r, MAP['id', id, 'twice', id * 2] AS m FROM bronze.orders o",
                        "silver.result id bigint key, r row(n:integer;name:varchar) null, m map(bigint)"))
                .containsExactlyInAnyOrder(
                        "[1, [1, Ulm], {id=1, twice=2}]",
                        "[2, [null, Bonn], {id=2, twice=4}]",
                        "[3, [null, null], {id=3, twice=6}]");
    }

    @Test
    void shouldGiveARowForEachRecordOfAnArray() {
        assertThat(rows(
                        "SELECT o.id, i.sku, i.n * 10 AS n FROM bronze.orders o CROSS JOIN UNNEST(o.items) AS i (sku, n) WHERE i.n > 0",
                        "silver.result id bigint null, sku varchar null, n integer null"))
                .containsExactlyInAnyOrder("[1, a, 10]", "[1, b, 20]", "[1, b, 20]");
        assertThat(rows(
                        "SELECT id, items[2].sku AS second, CARDINALITY(items) AS n FROM bronze.orders WHERE items IS NOT NULL",
                        "silver.result id bigint key, second varchar null, n integer null"))
                .containsExactlyInAnyOrder("[1, b, 4]", "[2, null, 0]");
    }

    @Test
    void shouldGatherRecords() {
        assertThat(rows(
                        "SELECT 1 AS one, ARRAY_AGG(ROW(id, o.address.city) ORDER BY id DESC) AS all_of FROM bronze.orders o",
                        "silver.result one integer key, all_of row(id:bigint;city:varchar)[] null"))
                .containsExactly("[1, [[3, null], [2, Bonn], [1, Ulm]]]");
    }

    @Test
    void shouldSayWhatDoesNotFit() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT id, address AS a FROM bronze.orders",
                        ORDERS,
                        "silver.result id bigint key, a row(town:varchar) null"))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining(
                        "column \"a\" is ROW(city VARCHAR, geo ROW(x INTEGER, y INTEGER)), but the contract says ROW(town VARCHAR)");
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT id, o.address.town AS a FROM bronze.orders o",
                        ORDERS,
                        "silver.result id bigint key, a varchar null"))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining("town");
    }

    private static List<String> rows(String sql, String contract) {
        Simulator simulator = new Simulator(TestDomain.plan(sql, ORDERS, contract), 2, new Random(1));
        DataProduct orders = TestDomain.product(ORDERS);
        Map<String, Object> labels = new TreeMap<>();
        labels.put("a", 7);
        labels.put("b", null);
        List<Object> items = List.of(List.of("a", 1), List.of("b", 2), List.of("b", 2), List.of("c", 0));
        simulator.send(orders, new Object[] {1L}, new Object[] {1L, BONN, null, List.of()});
        simulator.send(orders, new Object[] {1L}, new Object[] {1L, ULM, labels, items});
        simulator.send(orders, new Object[] {2L}, new Object[] {2L, BONN, Map.of(), List.of()});
        simulator.send(orders, new Object[] {3L}, new Object[] {3L, null, null, null});
        simulator.run(1_000);
        return simulator.rows().stream().map(Arrays::toString).toList();
    }
}
