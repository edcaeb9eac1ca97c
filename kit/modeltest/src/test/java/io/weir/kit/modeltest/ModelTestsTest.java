package io.weir.kit.modeltest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.ModelTestFolder;
import io.weir.kit.contract.Problem;
import io.weir.kit.sql.ModelGraph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ModelTestsTest {

    @TempDir
    Path folder;

    private final List<Problem> problems = new ArrayList<>();

    @BeforeEach
    void aDomainOfTwoModels() throws IOException {
        write("domain.yaml", """
                apiVersion: weir/v1
                kind: Domain
                name: shop
                team: { name: shop, contact: shop@example.com }
                """);
        contract("bronze", "orders", """
                      - { name: id, logicalType: integer, primaryKey: true, required: true }
                      - { name: customer, logicalType: string, required: true }
                      - { name: total, logicalType: number, physicalType: "decimal(12,2)" }
                      - { name: weight, logicalType: number }
                      - { name: at, logicalType: timestamp, physicalType: timestamptz }
                """);
        contract("silver", "order", """
                      - { name: id, logicalType: integer, primaryKey: true, required: true }
                      - { name: customer, logicalType: string, required: true }
                      - { name: total, logicalType: number, physicalType: "decimal(12,2)" }
                      - { name: grams, logicalType: number }
                """);
        contract("gold", "spend", """
                      - { name: customer, logicalType: string, primaryKey: true, required: true }
                      - { name: orders, logicalType: integer }
                      - { name: spend, logicalType: number, physicalType: "decimal(38,2)" }
                """);
        write("silver/order.sql", """
                SELECT id, LOWER(customer) AS customer, total, weight * 1000 AS grams FROM bronze.orders
                """);
        write("gold/spend.sql", """
                SELECT customer, COUNT(*) AS orders, SUM(total) AS spend FROM silver."order" GROUP BY customer
                """);
    }

    @Test
    void shouldPassWhereTheRowsAreAsExpected() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: counts
                    model: gold.spend
                    given:
                      - input: silver.order
                        rows:
                          - { id: 1, customer: ada, total: 7.5 }
                          - { id: 2, customer: ada, total: 2.50 }
                          - { id: 3, customer: bob }
                    expect:
                      rows:
                        - { customer: bob, orders: 1, spend: null }
                        - { customer: ada, spend: 10 }
                """);

        assertThat(result.failures()).isEmpty();
        assertThat(result.status()).isEqualTo(TestResult.Status.PASSED);
    }

    private void aModelOfNestedValues() throws IOException {
        String columns = """
                      - { name: id, logicalType: integer, primaryKey: true, required: true }
                      - name: address
                        logicalType: object
                        properties: [{ name: zip, logicalType: string }, { name: since, logicalType: date }, { name: floor, logicalType: integer }]
                      - { name: labels, logicalType: object, physicalType: "map<text,text>" }
                      - { name: prices, logicalType: array, items: { logicalType: number, physicalType: "decimal(8,2)" } }
                      - name: lines
                        logicalType: array
                        items: { logicalType: object, properties: [{ name: sku, logicalType: string }, { name: weight, logicalType: number }] }
                """;
        contract("bronze", "parcels", columns);
        contract("silver", "parcel", columns);
        write(
                "silver/parcel.sql",
                "SELECT id, address, labels, prices, lines FROM bronze.parcels p WHERE p.address.floor IS DISTINCT FROM 9");
    }

    @Test
    void shouldGiveAndExpectNestedValues() throws IOException {
        aModelOfNestedValues();

        TestResult result = only("""
                unit_tests:
                  - name: nested
                    model: silver.parcel
                    history:
                      - input: bronze.parcels
                        upsert:
                          - { id: 1, address: { zip: 01234, since: 2026-03-01, floor: 3 }, labels: { a: 7, b: null }, prices: [9.5, null], lines: [{ sku: 12, weight: 0.1 }, { sku: x }] }
                          - { id: 2, address: { zip: "5" } }
                          - { id: 3, address: { floor: 9 } }
                      - { restart: true }
                      - input: bronze.parcels
                        upsert: |
                          id, address,            labels,       prices, lines
                          4,  "{""zip"": ""07""}", "{""c"": ""d""}", "[1]",  "[{""sku"": ""y""}]"
                    expect:
                      rows:
                        - { id: 1, address: { floor: 3, since: "2026-03-01", zip: "01234" }, labels: { b: null, a: "7" }, prices: [9.50, null], lines: [{ sku: "12", weight: 0.1000000000001 }, { sku: x, weight: null }] }
                        - { id: 2, address: { zip: 5 }, labels: null }
                        - { id: 4, address: { zip: 07 }, labels: { c: d }, prices: [1.00], lines: [{ sku: y }] }
                """);

        assertThat(result.failures()).isEmpty();
        assertThat(result.status()).isEqualTo(TestResult.Status.PASSED);
    }

    @Test
    void shouldSayWhereANestedValueDoesNotFit() throws IOException {
        aModelOfNestedValues();

        write("tests/test.yaml", """
                unit_tests:
                  - name: nested
                    model: silver.parcel
                    given:
                      - input: bronze.parcels
                        rows: [{ id: 1, address: { town: Ulm } }]
                    expect: { rows: [] }
                """);
        ModelTestFolder.read(DomainFolder.load(folder, _ -> null), problems);

        assertThat(problems)
                .map(Problem::toString)
                .containsExactly(
                        "tests/test.yaml:6:34: column \"address.town\": no such column; there is: zip, since, floor");
    }

    @Test
    void shouldShowWhatDiffers() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: counts
                    model: gold.spend
                    given:
                      - input: silver.order
                        rows:
                          - { id: 1, customer: ada, total: 7.50 }
                          - { id: 2, customer: bob, total: 1 }
                          - { id: 3, customer: cy, total: 1 }
                    expect:
                      rows:
                        - { customer: cy, orders: 1 }
                        - { customer: ada, orders: 2 }
                        - { customer: dee, orders: 4 }
                """);

        assertThat(result.status()).isEqualTo(TestResult.Status.FAILED);
        assertThat(result.failures()).hasSize(1);
        TestResult.Failure failure = result.failures().getFirst();
        assertThat(failure.problem())
                .hasToString("tests/test.yaml:11:7: test \"counts\": gold.spend is not as expected");
        assertThat(failure.difference())
                .containsExactly(
                        "   customer  orders",
                        "~  ada       1, not 2",
                        "-  dee       4",
                        "+  bob       1",
                        "(~ found, not expected, - missing, + not expected; 1 as expected)");
    }

    @Test
    void shouldPlayAHistoryStepByStep() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: moves
                    model: gold.spend
                    history:
                      - { input: silver.order, upsert: [{ id: 1, customer: ada, total: 7.50 }, { id: 2, customer: ada, total: 1 }] }
                      - expect: { rows: [{ customer: ada, orders: 2, spend: 8.5 }] }
                      - { input: silver.order, upsert: [{ id: 1, customer: bob, total: 7.50 }] }
                      - expect: { rows: [{ customer: ada, spend: 1 }, { customer: bob, spend: 7.5 }] }
                      - { input: silver.order, delete: [{ id: 2 }] }
                      - expect: { rows: [{ customer: bob }] }
                      - { input: silver.order, delete: [{ id: 1 }] }
                    expect: { rows: [] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldCountRowsThatAreTheirOwnKey() throws IOException {
        for (String layer : List.of("bronze", "silver")) {
            write(
                    "contracts/%s_visit.odcs.yaml".formatted(layer),
                    contractText(layer, "visit", "      - { name: page, logicalType: string }\n")
                            .replace(
                                    "    properties:\n",
                                    "    customProperties: [{ property: key, value: row }]\n    properties:\n"));
        }
        write("silver/visit.sql", "SELECT page FROM bronze.visit WHERE page <> 'none'");

        TestResult result = only("""
                unit_tests:
                  - name: copies
                    model: silver.visit
                    history:
                      - { input: bronze.visit, upsert: [{ page: a }, { page: a }, { page: a }, { page: b }, { page: none }] }
                      - expect: { rows: [{ page: a }, { page: a }, { page: a }, { page: b }] }
                      - { input: bronze.visit, delete: [{ page: a }, { page: b }] }
                      - expect: { rows: [{ page: a }, { page: a }] }
                      - { restart: true }
                      - { input: bronze.visit, delete: [{ page: a }, { page: a }] }
                    expect: { rows: [] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldRestartOnWhatTheChangelogsHeld() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: restarts
                    model: gold.spend
                    history:
                      - { input: silver.order, upsert: [{ id: 1, customer: ada, total: 1 }, { id: 2, customer: ada, total: 2 }] }
                      - { restart: true }
                      - { input: silver.order, delete: [{ id: 1 }] }
                      - { restart: true }
                      - { input: silver.order, upsert: [{ id: 2, customer: bob, total: 2 }, { id: 3, customer: bob, total: 4 }] }
                    expect: { rows: [{ customer: bob, orders: 2, spend: 6 }] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldLetRowsGoAsTimePasses() throws IOException {
        contract("silver", "recent", "      - { name: id, logicalType: integer, primaryKey: true, required: true }\n");
        write("silver/recent.sql", "SELECT id FROM bronze.orders WHERE at > CURRENT_TIMESTAMP - INTERVAL '1' DAY");

        List<TestResult> results = run("""
                unit_tests:
                  - name: from the latest row on
                    model: silver.recent
                    history:
                      - { input: bronze.orders, upsert: [{ id: 1, at: 2026-03-01T10:00:00Z }, { id: 2, at: 2026-03-01T12:00:00Z }] }
                      - { advance: 21h }
                      - expect: { rows: [{ id: 1 }, { id: 2 }] }
                      - { advance: PT1H1S }
                      - expect: { rows: [{ id: 2 }] }
                      - { restart: true }
                      - { advance: 2h }
                    expect: { rows: [] }
                  - name: from now on
                    model: silver.recent
                    now: 2026-03-02T11:00:00Z
                    given: [{ input: bronze.orders, rows: [{ id: 1, at: 2026-03-01T10:00:00Z }, { id: 2, at: 2026-03-01T12:00:00Z }] }]
                    expect: { rows: [{ id: 2 }] }
                  - name: too early
                    model: silver.recent
                    history:
                      - { input: bronze.orders, upsert: [{ id: 1, at: 2026-03-01T10:00:00Z }] }
                      - { advance: 23h }
                    expect: { rows: [] }
                """);

        assertThat(results)
                .extracting(TestResult::status)
                .containsExactly(TestResult.Status.PASSED, TestResult.Status.PASSED, TestResult.Status.FAILED);
        assertThat(results.getLast().failures().getFirst().problem().message())
                .isEqualTo("test \"too early\": silver.recent is not as expected at 2026-03-02T09:00:00Z");
    }

    @Test
    void shouldCloseAWindowWhenANewerRowComesHoweverMuchTimePasses() throws IOException {
        write(
                "contracts/bronze_visits.odcs.yaml",
                contractText("bronze", "visits", """
                      - { name: id, logicalType: integer, primaryKey: true, required: true }
                      - { name: at, logicalType: timestamp, physicalType: timestamp, required: true }
                """).replace("    properties:\n", """
                    customProperties: [{ property: eventTime, value: at }, { property: lateness, value: 1h }]
                    properties:
                """));
        write(
                "contracts/silver_hour.odcs.yaml",
                contractText("silver", "hour", """
                      - { name: hour, logicalType: timestamp, physicalType: timestamp, primaryKey: true, required: true }
                      - { name: visits, logicalType: integer }
                """).replace("    properties:\n", """
                    customProperties: [{ property: emit, value: closed }]
                    properties:
                """));
        write(
                "silver/hour.sql",
                "SELECT window_start AS hour, COUNT(*) AS visits FROM TABLE(TUMBLE(TABLE bronze.visits, DESCRIPTOR(at), INTERVAL '1' HOUR)) GROUP BY window_start");

        TestResult result = only("""
                unit_tests:
                  - name: once
                    model: silver.hour
                    history:
                      - { input: bronze.visits, upsert: [{ id: 1, at: 2026-03-01T10:10:00 }, { id: 2, at: 2026-03-01T10:50:00 }] }
                      - { advance: 1d }
                      - expect: { rows: [] }
                      - { input: bronze.visits, upsert: [{ id: 3, at: 2026-03-01T12:00:00 }] }
                      - expect: { rows: [{ hour: 2026-03-01T10:00:00, visits: 2 }] }
                      - { restart: true }
                      - { input: bronze.visits, upsert: [{ id: 4, at: 2026-03-01T10:30:00 }] }
                    expect: { rows: [{ hour: 2026-03-01T10:00:00, visits: 2 }] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldTakeRowsFromTextAndFromFiles() throws IOException {
        write("tests/orders.csv", """
                id, customer, total
                1,  ada,      7.50
                2,  "ada",    2.5
                3,  bob,
                """);
        write("tests/spend.json", """
                [{ "customer": "ada", "orders": 2, "spend": 10 }, { "customer": "bob", "spend": null }]
                """);

        List<TestResult> results = run("""
                unit_tests:
                  - name: a file against text
                    model: gold.spend
                    given: [{ input: silver.order, rows: orders.csv }]
                    expect:
                      rows: |
                        customer, orders, spend
                        bob,      1,
                        ada,      2,      10.00
                  - name: a fixture against a file
                    model: gold.spend
                    given: [{ input: silver.order, format: csv, fixture: orders }]
                    expect: { rows: spend.json }
                  - name: text in a history
                    model: gold.spend
                    history:
                      - { input: silver.order, upsert: orders.csv }
                      - input: silver.order
                        delete: |
                          id
                          1
                          3
                    expect: { rows: [{ customer: ada, orders: 1, spend: 2.50 }] }
                  - name: not as the file says
                    model: gold.spend
                    given: [{ input: silver.order, rows: [{ id: 1, customer: ada, total: 10 }] }]
                    expect: { rows: spend.json }
                """);

        assertThat(results)
                .extracting(TestResult::status)
                .containsExactly(
                        TestResult.Status.PASSED,
                        TestResult.Status.PASSED,
                        TestResult.Status.PASSED,
                        TestResult.Status.FAILED);
        assertThat(results.getLast().failures().getFirst().difference()).contains("~  ada       1, not 2  10.00");
    }

    @Test
    void shouldRunAChainAndLookAtEachOfItsModels() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: chain
                    models: [silver.order, gold.spend]
                    given:
                      - { input: bronze.orders, rows: [{ id: 1, customer: ADA, total: 1 }, { id: 2, customer: Ada, total: 2 }] }
                    expect:
                      - { model: silver.order, rows: [{ id: 1, customer: ada }, { id: 2, customer: ada }] }
                      - { rows: [{ customer: ada, orders: 2, spend: 3 }] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldRefuseAChainInTheWrongOrder() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: chain
                    models: [gold.spend, silver.order]
                    given: [{ input: bronze.orders, rows: [{ id: 1, customer: ADA }] }]
                    expect: { rows: [] }
                """);

        assertThat(result.status()).isEqualTo(TestResult.Status.NOT_RUN);
        assertThat(result.problems().toString())
                .contains("tests/test.yaml:2:5: gold.spend reads silver.order: put it behind it in \"models\"");
    }

    @Test
    void shouldTakeTheSqlAndTheContractFromElsewhere() throws IOException {
        write("drafts/big_order.sql", "SELECT id, total FROM bronze.orders WHERE total > 5");
        write("drafts/big_order.odcs.yaml", contractText("gold", "big_order", """
                      - { name: id, logicalType: integer, primaryKey: true, required: true }
                      - { name: total, logicalType: number, physicalType: "decimal(12,2)" }
                """));

        TestResult result = only("""
                unit_tests:
                  - name: draft
                    model: drafts/big_order.sql
                    contract: ../drafts/big_order.odcs.yaml
                    given: [{ input: bronze.orders, rows: [{ id: 1, total: 5 }, { id: 2, total: 6 }] }]
                    expect: { rows: [{ id: 2, total: 6 }] }
                """);

        assertThat(result.failures()).isEmpty();
        assertThat(result.problems()).isEmpty();
    }

    @Test
    void shouldCompareApproximateNumbersByABillionth() throws IOException {
        List<TestResult> results = run("""
                unit_tests:
                  - name: near
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1, customer: ada, weight: 0.1 }] }]
                    expect: { rows: [{ id: 1, grams: 100.00000001 }] }
                  - name: far
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1, customer: ada, weight: 0.1 }] }]
                    expect: { rows: [{ id: 1, grams: 100.000001 }] }
                """);

        assertThat(results)
                .extracting(TestResult::status)
                .containsExactly(TestResult.Status.PASSED, TestResult.Status.FAILED);
    }

    @Test
    void shouldFindTheRowsThatStandForEachOther() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: the first expectation could take the row that only the second can
                    model: silver.order
                    given:
                      - input: bronze.orders
                        rows: [{ id: 1, customer: ada, total: 1 }, { id: 2, customer: ada, total: 2 }]
                    expect: { rows: [{ customer: ada }, { id: 1 }] }
                """);

        assertThat(result.failures()).isEmpty();
    }

    @Test
    void shouldSayWhatWentToQuarantineWhereRowsAreMissing() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: a column that the contract requires was left out
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1, total: 1 }] }]
                    expect: { rows: [{ id: 1, total: 1 }] }
                """);

        assertThat(String.join("\n", result.failures().getFirst().difference()))
                .contains("-  1   1")
                .contains("in quarantine: CONTRACT_VIOLATED of customer");
    }

    @Test
    void shouldSayWhichInputsAModelReads() throws IOException {
        TestResult result = only("""
                unit_tests:
                  - name: wrong
                    model: gold.spend
                    given:
                      - { input: bronze.orders, rows: [{ id: 1, customer: ada }] }
                    expect: { rows: [] }
                """);

        assertThat(result.problems().toString())
                .contains("tests/test.yaml:5:9: bronze.orders is not read by gold.spend, which reads silver.order");
    }

    @Test
    void shouldWriteJUnitXml() throws Exception {
        List<TestResult> results = run("""
                unit_tests:
                  - name: right
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1, customer: ada }] }]
                    expect: { rows: [{ id: 1 }] }
                  - name: wrong <&>
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1, customer: ada }] }]
                    expect: { rows: [{ id: 2 }] }
                """);

        Path file = folder.resolve("out/junit.xml");
        JUnitReport.write(results, file);

        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
        assertThat(root.getAttribute("tests")).isEqualTo("2");
        assertThat(root.getAttribute("failures")).isEqualTo("1");
        Element failure = (Element) root.getElementsByTagName("failure").item(0);
        assertThat(((Element) failure.getParentNode()).getAttribute("name")).isEqualTo("wrong <&>");
        assertThat(((Element) failure.getParentNode()).getAttribute("classname"))
                .isEqualTo("silver.order");
        assertThat(failure.getTextContent()).contains("-  2");
    }

    @Test
    void shouldNameTheCircleInWhichModelsReadEachOther() throws IOException {
        write("silver/order.sql", """
                SELECT 1 AS id, customer, spend AS total, CAST(NULL AS DOUBLE) AS grams FROM gold.spend
                """);

        List<Problem> circles = ModelGraph.circles(DomainFolder.load(folder, _ -> null));

        assertThat(circles)
                .singleElement()
                .satisfies(
                        circle -> assertThat(circle.message())
                                .isEqualTo(
                                        "models read each other in a circle: silver.order reads gold.spend reads silver.order; let one of them read something else"));
    }

    private TestResult only(String yaml) throws IOException {
        List<TestResult> results = run(yaml);
        assertThat(results).hasSize(1);
        return results.getFirst();
    }

    private List<TestResult> run(String yaml) throws IOException {
        write("tests/test.yaml", yaml);
        Domain domain = DomainFolder.load(folder, _ -> null);
        List<ModelTest> tests = ModelTestFolder.read(domain, problems);
        assertThat(problems).isEmpty();
        return ModelTests.run(tests, 2);
    }

    private void contract(String layer, String product, String columns) throws IOException {
        write("contracts/%s_%s.odcs.yaml".formatted(layer, product), contractText(layer, product, columns));
    }

    private static String contractText(String layer, String product, String columns) {
        return """
                apiVersion: v3.1.0
                kind: DataContract
                id: shop.%2$s
                version: 1.0.0
                status: active
                schema:
                  - name: %2$s
                    physicalName: %1$s.shop.%2$s.v1
                    logicalType: object
                    properties:
                %3$s""".formatted(layer, product, columns);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
