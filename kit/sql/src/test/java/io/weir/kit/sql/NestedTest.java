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
    void shouldSayHowAFieldIsNamed() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT id, address.city AS city FROM bronze.orders",
                        ORDERS,
                        "silver.result id bigint key, city varchar null"))
                .isInstanceOf(ProblemsException.class)
                .hasMessageContaining(
                        "1:12: \"address\" is not a table or alias of this FROM; a field of a record is written with the table before its column: t.address.field");
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
                        "[3, null, {id=3, twice=6}]");
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
