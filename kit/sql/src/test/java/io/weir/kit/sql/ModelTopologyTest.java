package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProductName;
import io.weir.kit.stream.ChangeHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelTopologyTest {

    private static final String CUSTOMERS = "bronze.customers id bigint key, name varchar null, country varchar null";
    private static final String ORDERS =
            "bronze.orders id bigint key, customer_id bigint null, total decimal(8,2) null, quantity integer null";

    private TopologyHarness harness;
    private DataProduct customers;
    private DataProduct orders;
    private DataProduct input;

    @AfterEach
    void stop() {
        if (harness != null) {
            harness.close();
        }
    }

    @Test
    void shouldPassRowsStraightWhereTheKeyStays() {
        start(
                "SELECT id, UPPER(country) AS country FROM bronze.customers WHERE name IS NOT NULL",
                "silver.result id bigint key, country varchar null");

        harness.upsert(customers, 1L, "Ada", "de");
        harness.upsert(customers, 1L, "Ada", "fr");
        harness.upsert(customers, 1L, null, "fr");
        harness.delete(customers, 1L);

        assertThat(harness.written()).containsExactly("[1]=[1, DE]", "[1]=[1, FR]", "[1]=null", "[1]=null");
        assertThat(harness.topology().describe().toString()).doesNotContain("stores: [source");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKeepAJoinAndItsGroupsTrueOverARestart(ModelTopology.StateKind kind) {
        start(
                """
                SELECT c.id AS customer_id, COUNT(o.id) AS orders, SUM(o.total) AS spend, MAX(o.quantity) AS most
                FROM bronze.customers c LEFT JOIN bronze.orders o ON o.customer_id = c.id
                GROUP BY c.id""",
                "silver.result customer_id bigint key, orders bigint, spend decimal(12,2) null, most integer null",
                kind);

        harness.upsert(orders, 10L, 1L, new java.math.BigDecimal("2.50"), 3);
        harness.upsert(customers, 1L, "Ada", null);
        harness.upsert(orders, 11L, 1L, new java.math.BigDecimal("1.00"), 7);
        harness.restart();
        harness.upsert(orders, 11L, 2L, new java.math.BigDecimal("1.00"), 7);
        harness.upsert(customers, 2L, "Bob", null);
        harness.delete(orders, 10L);
        harness.delete(customers, 2L);

        assertThat(harness.written())
                .containsExactly(
                        "[1]=[1, 1, 2.50, 3]",
                        "[1]=[1, 2, 3.50, 7]",
                        "[1]=[1, 1, 2.50, 3]",
                        "[2]=[2, 1, 1.00, 7]",
                        "[1]=[1, 0, null, null]",
                        "[2]=null");
    }

    @Test
    void shouldWriteAnUpdateAsOneChangeAndNoChangeAsNone() {
        start(
                "SELECT o.id AS id, c.country AS country FROM bronze.orders o JOIN bronze.customers c ON c.id = o.customer_id",
                "silver.result id bigint key, country varchar null");

        harness.upsert(customers, 1L, "Ada", "DE");
        harness.upsert(orders, 10L, 1L, null, null);
        harness.upsert(customers, 1L, "Ada", "FR");
        harness.upsert(customers, 1L, "Grace", "FR");
        harness.upsert(orders, 10L, 1L, null, 5);

        assertThat(harness.written()).containsExactly("[10]=[10, DE]", "[10]=[10, FR]");
    }

    @Test
    void shouldRejectARowWhoseExpressionFailsAndTakeItBackWhenItIsMended() {
        start(
                "SELECT customer_id AS id, SUM(100 / quantity) AS shares\nFROM bronze.orders WHERE customer_id IS NOT NULL GROUP BY customer_id",
                "silver.result id bigint key, shares bigint null");

        harness.upsert(orders, 10L, 1L, null, 4);
        harness.upsert(orders, 11L, 1L, null, 0);
        assertThat(harness.quarantined())
                .containsExactly(
                        "EXPRESSION_FAILED null silver/result.sql:1:31: division by zero in \"100 / quantity\"");
        harness.upsert(orders, 11L, 1L, null, 50);
        harness.upsert(orders, 10L, 1L, null, 0);
        harness.delete(orders, 10L);

        assertThat(harness.written()).containsExactly("[1]=[1, 25]", "[1]=[1, 27]", "[1]=[1, 2]");
    }

    @Test
    void shouldQuarantineWhatCannotBeRead() {
        start(
                "SELECT country AS id, COUNT(*) AS n FROM bronze.customers WHERE country IS NOT NULL GROUP BY country",
                "silver.result id varchar key, n bigint");

        harness.upsert(customers, 1L, "Ada", "DE");
        harness.send(customers, new byte[] {2}, new byte[] {1, 2, 3, 4, 5, 6, 7});
        harness.send(customers, null, new byte[] {1});

        assertThat(harness.quarantined())
                .satisfiesExactly(first -> assertThat(first).startsWith("DECODE_FAILED"), second -> assertThat(second)
                        .startsWith("KEY_MISSING"));
        assertThat(harness.written()).containsExactly("[DE]=[DE, 1]");
    }

    @Test
    void shouldNotDecodeAColumnThatIsNotUsed() {
        byte[] totalIsNoNumber = {2, 2, 2, 2, 0, 2, 6};
        String sql =
                "SELECT customer_id AS id, SUM(%s) AS n FROM bronze.orders WHERE customer_id IS NOT NULL GROUP BY customer_id";

        start(sql.formatted("quantity"), "silver.result id bigint key, n bigint null");
        harness.send(orders, new byte[] {2}, totalIsNoNumber);
        assertThat(harness.quarantined()).isEmpty();
        assertThat(harness.written()).containsExactly("[1]=[1, 3]");
        harness.close();

        start(sql.formatted("total"), "silver.result id bigint key, n decimal(38,2) null");
        harness.send(orders, new byte[] {2}, totalIsNoNumber);
        assertThat(harness.quarantined()).singleElement().asString().startsWith("DECODE_FAILED total");
        assertThat(harness.written()).isEmpty();
    }

    @Test
    void shouldReadAProductOnceThatTheQueryReadsTwice() {
        start(
                "SELECT o.id, o.part, c.others FROM (SELECT id, customer_id, 100 / quantity AS part FROM bronze.orders) o"
                        + " LEFT JOIN (SELECT customer_id, COUNT(*) AS others FROM bronze.orders GROUP BY customer_id) c ON c.customer_id = o.customer_id",
                "silver.result id bigint key, part integer null, others bigint null");

        harness.upsert(orders, 1L, 7L, null, 4);
        harness.upsert(orders, 2L, 7L, null, 0);
        assertThat(harness.table().values()).containsExactly(new Object[] {1L, 25, 2L});
        assertThat(harness.quarantined())
                .singleElement()
                .asString()
                .contains("EXPRESSION_FAILED part", "division by zero in \"100 / quantity\"");
        harness.restart();
        harness.upsert(orders, 2L, 7L, null, 50);
        harness.send(orders, new byte[] {2}, new byte[] {1, 2, 3, 4, 5, 6, 7});
        harness.delete(orders, 1L);

        assertThat(harness.quarantined()).singleElement().asString().startsWith("DECODE_FAILED");
        assertThat(harness.table().values()).containsExactly(new Object[] {2L, 2, 1L});
        assertThat(harness.topology().describe().toString())
                .as("one store for both readings")
                .contains("(stores: [source-1])")
                .doesNotContain("source-2])", "[source-2,");
    }

    @Test
    void shouldQuarantineASecondRowOfAKeyAndRecover() {
        start(
                "SELECT COALESCE(name, '?') AS id, country FROM bronze.customers",
                "silver.result id varchar key, country varchar null");

        harness.upsert(customers, 1L, "Ada", "DE");
        harness.upsert(customers, 2L, "Ada", "FR");
        assertThat(harness.quarantined()).singleElement().asString().startsWith("KEY_NOT_UNIQUE");
        assertThat(harness.written()).containsExactly("[Ada]=[Ada, DE]");

        harness.upsert(customers, 1L, "Bob", "DE");

        assertThat(harness.written()).containsExactlyInAnyOrder("[Bob]=[Bob, DE]", "[Ada]=[Ada, FR]");
    }

    @Test
    void shouldCarryTheHeadersOfTheChange() {
        start(
                "SELECT country AS id, COUNT(*) AS n FROM bronze.customers WHERE country IS NOT NULL GROUP BY country",
                "silver.result id varchar key, n bigint");

        harness.upsert(customers, 1L, "Ada", "DE");

        var record = harness.records().getFirst();
        assertThat(TopologyHarness.header(record, ChangeHeaders.ORIGIN)).isEqualTo("postgresql:shop");
        assertThat(TopologyHarness.header(record, ChangeHeaders.SOURCE_TIMESTAMP))
                .isEqualTo("1000");
        assertThat(TopologyHarness.header(record, ChangeHeaders.PATH))
                .isEqualTo("ingest.test.a.v1,conform.test.result.v1");
    }

    @Test
    void shouldCountRowsThatAreTheirOwnKeyOverARestart() {
        startWith(
                "SELECT country, UPPER(name) AS name FROM bronze.visits WHERE country IS NOT NULL",
                "bronze.visits name varchar null, country varchar null",
                "silver.result country varchar null, name varchar null");

        harness.count(input, 2, "Ada", "DE");
        harness.count(input, 1, "ADA", "DE");
        harness.count(input, 9, "Ada", null);
        harness.restart();
        harness.count(input, 0, "Ada", "DE");
        harness.count(input, 0, "ADA", "DE");

        assertThat(harness.written())
                .containsExactly(
                        "[DE, ADA]=[DE, ADA] x2", "[DE, ADA]=[DE, ADA] x3", "[DE, ADA]=[DE, ADA]", "[DE, ADA]=null");
        assertThat(harness.quarantined()).isEmpty();
    }

    @Test
    void shouldAddEventsAndKeepNothing() {
        startWith(
                "SELECT id, UPPER(kind) AS kind FROM bronze.clicks WHERE kind IS NOT NULL",
                "bronze.clicks:events id bigint key, kind varchar null",
                "silver.result:events id bigint key, kind varchar null");

        harness.upsert(input, 1L, "a");
        harness.upsert(input, 2L, null);
        harness.upsert(input, 3L, "a");
        harness.delete(input, 3L);

        assertThat(harness.written()).containsExactly("[1]=[1, A]", "[3]=[3, A]");
        assertThat(harness.quarantined()).singleElement().asString().startsWith("DECODE_FAILED");
        assertThat(harness.topology().describe().toString()).doesNotContain("stores: [s");
    }

    @Test
    void shouldMaintainATableOverEvents() {
        startWith(
                "SELECT kind, COUNT(*) AS n FROM bronze.clicks WHERE kind IS NOT NULL GROUP BY kind",
                "bronze.clicks:events id bigint key, kind varchar null",
                "silver.result kind varchar key, n bigint");

        harness.upsert(input, 1L, "a");
        harness.upsert(input, 2L, "a");

        assertThat(harness.written()).containsExactly("[a]=[a, 1]", "[a]=[a, 2]");
    }

    @ParameterizedTest
    @EnumSource
    void shouldHaveTheRowOfAllRowsBeforeAnyInputAndOnce(ModelTopology.StateKind kind) {
        start(
                "SELECT 'all' AS id, COUNT(*) AS n, SUM(total) AS total FROM bronze.orders",
                "silver.result id varchar key, n bigint, total decimal(12,2) null",
                kind);

        harness.advance(Duration.ofSeconds(1));
        assertThat(harness.written()).containsExactly("[all]=[all, 0, null]");

        harness.upsert(orders, 10L, 1L, new java.math.BigDecimal("2.50"), 3);
        harness.restart();
        harness.advance(Duration.ofSeconds(1));
        harness.delete(orders, 10L);

        assertThat(harness.written()).containsExactly("[all]=[all, 1, 2.50]", "[all]=[all, 0, null]");
    }

    @ParameterizedTest
    @CsvSource({
        "silver.customer",
        "silver.order",
        "silver.order_item",
        "gold.customer_profile",
        "gold.store_sales",
        "gold.store_sales_hourly",
        "gold.top_products_per_store"
    })
    void shouldHaveTheTopologyThatWasReviewed(String product) throws IOException {
        Domain domain = JaffleShopTest.DOMAIN;
        ProductName name = domain.find(product).orElseThrow().name();
        var model = domain.models().stream()
                .filter(candidate -> candidate.product().equals(name))
                .findFirst()
                .orElseThrow();
        harness = new TopologyHarness(SqlPlanner.plan(model, domain), domain, ModelTopology.StateKind.MEMORY);

        assertGolden(product);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            value = {
                "global ~ SELECT 1 AS id, COUNT(*) AS n FROM bronze.orders ~ id integer key, n bigint",
                "union-all ~ SELECT 1 AS src, id FROM bronze.orders UNION ALL SELECT 2, id FROM bronze.customers ~ src integer key, id bigint key",
                "rollup ~ SELECT customer_id, COUNT(*) AS n FROM bronze.orders GROUP BY ROLLUP(customer_id) ~ customer_id bigint null, n bigint",
                "full-join ~ SELECT COALESCE(c.id, o.id) AS id, c.name AS name FROM bronze.customers c FULL JOIN bronze.orders o ON o.id = c.id AND o.quantity > 1 ~ id bigint key, name varchar null",
                "cross-join ~ SELECT c.id AS id, o.id AS order_id FROM bronze.customers c CROSS JOIN bronze.orders o ~ id bigint key, order_id bigint key",
                "exists ~ SELECT id, name FROM bronze.customers c WHERE EXISTS (SELECT 1 FROM bronze.orders o WHERE o.customer_id = c.id AND o.quantity > 1) ~ id bigint key, name varchar null",
                "not-in ~ SELECT id, quantity FROM bronze.orders WHERE customer_id NOT IN (SELECT id FROM bronze.customers) ~ id bigint key, quantity integer null",
                "scalar-subquery ~ SELECT id, (SELECT SUM(o.quantity) FROM bronze.orders o WHERE o.customer_id = c.id) AS n FROM bronze.customers c ~ id bigint key, n bigint null",
                "grouped-twice ~ SELECT a.customer_id AS id, a.n AS n, b.spend AS spend FROM (SELECT customer_id, COUNT(*) AS n FROM bronze.orders WHERE customer_id IS NOT NULL GROUP BY customer_id) a JOIN (SELECT customer_id, SUM(total) AS spend FROM bronze.orders WHERE quantity > 1 GROUP BY customer_id) b ON b.customer_id = a.customer_id ~ id bigint key, n bigint, spend decimal(12,2) null",
                "except ~ SELECT id FROM bronze.customers EXCEPT SELECT customer_id FROM bronze.orders ~ id bigint key",
            })
    void shouldHaveTheShapeThatWasReviewed(String shape, String sql, String columns) throws IOException {
        start(sql, "silver.result " + columns);

        assertGolden("shape-" + shape);
    }

    private void assertGolden(String name) throws IOException {
        String description = inOrder(harness.topology().describe().toString());

        Path golden = Path.of("src/test/resources/topologies", name + ".txt");
        if (Boolean.getBoolean("weir.golden.write")) {
            Files.createDirectories(golden.getParent());
            Files.writeString(golden, description);
        }
        assertThat(description).isEqualTo(Files.readString(golden));
    }

    /** Neighbours and stores come in any order, and the sink's topic chooser has a name that the JVM makes up. */
    private static String inOrder(String description) {
        return Pattern.compile("(?<=--> |<-- |stores: \\[)[^\\]\n]+")
                .matcher(description)
                .replaceAll(names ->
                        Stream.of(names.group().split(", ", -1)).sorted().collect(Collectors.joining(", ")))
                .replaceAll("extractor class: [^)]*", "by record");
    }

    private void startWith(String sql, String product, String contract) {
        Domain domain = TestDomain.of(product, contract);
        input = domain.find(product.substring(0, product.indexOf(' ')).replace(":events", ""))
                .orElseThrow();
        harness = new TopologyHarness(
                SqlPlanner.plan(TestDomain.model(sql), domain), domain, ModelTopology.StateKind.ROCKSDB);
    }

    private void start(String sql, String contract) {
        start(sql, contract, ModelTopology.StateKind.MEMORY);
    }

    private void start(String sql, String contract, ModelTopology.StateKind kind) {
        Domain domain = TestDomain.of(CUSTOMERS, ORDERS, contract);
        customers = domain.find("bronze.customers").orElseThrow();
        orders = domain.find("bronze.orders").orElseThrow();
        harness = new TopologyHarness(SqlPlanner.plan(TestDomain.model(sql), domain), domain, kind);
    }
}
