package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.ModelTest.Step;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelTestFolderTest {

    @TempDir
    Path folder;

    private final List<Problem> problems = new ArrayList<>();

    @BeforeEach
    void aDomain() throws IOException {
        write("domain.yaml", """
                apiVersion: weir/v1
                kind: Domain
                name: shop
                team: { name: shop, contact: shop@example.com }
                """);
        for (String name : List.of("bronze.orders", "silver.order")) {
            write("contracts/%s.odcs.yaml".formatted(name), """
                    apiVersion: v3.1.0
                    kind: DataContract
                    id: shop.%1$s
                    version: 1.0.0
                    status: active
                    schema:
                      - name: order
                        physicalName: %2$s.v1
                        properties:
                          - { name: id, logicalType: integer, primaryKey: true, required: true }
                          - { name: note, logicalType: string, required: true }
                          - { name: total, logicalType: number, physicalType: "decimal(12,2)" }
                          - { name: paid, logicalType: boolean }
                          - { name: at, logicalType: timestamp, physicalType: timestamptz }
                    """.formatted(name, name.replace(".", ".shop.")));
        }
        write("silver/order.sql", "SELECT id, note, total, paid, at FROM bronze.orders");
    }

    @Test
    void shouldReadTheStepsOfAHistory() throws IOException {
        ModelTest test = only("""
                unit_tests:
                  - name: all
                    description: Everything that a history can hold.
                    model: silver.order
                    now: 2026-03-01T00:00:00Z
                    history:
                      - { input: bronze.orders, upsert: [{ id: 1, note: 007, total: 7.5, paid: true, at: 2026-03-01 10:00:00+01:00 }] }
                      - { advance: 30d }
                      - { restart: true }
                      - { input: bronze.orders, delete: [{ id: 1 }] }
                      - { expect: { rows: [] } }
                """);

        assertThat(test.now()).isEqualTo(Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(test.models()).extracting(model -> model.product().topic()).containsExactly("silver.shop.order.v1");
        assertThat(test.steps())
                .extracting(step -> step.getClass().getSimpleName())
                .containsExactly("Upsert", "Advance", "Restart", "Delete", "Expect");
        assertThat(((Step.Upsert) test.steps().getFirst()).rows().getFirst().values())
                .containsExactly(
                        1L,
                        "007",
                        new BigDecimal("7.50"),
                        true,
                        Instant.parse("2026-03-01T09:00:00Z").toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "90s, PT90S",
        "5m, PT5M",
        "12h, PT12H",
        "30d, P30D",
        "1 day, P1D",
        "2 hours, PT2H",
        "P1DT2H, P1DT2H"
    })
    void shouldReadDurations(String text, Duration by) throws IOException {
        ModelTest test = only("""
                unit_tests:
                  - { name: a, model: silver.order, history: [{ advance: %s }], expect: { rows: [] } }
                """.formatted(text));

        assertThat(test.steps().getFirst()).isInstanceOfSatisfying(Step.Advance.class, step -> assertThat(step.by())
                .isEqualTo(by));
    }

    @Test
    void shouldBeginAtTheLatestTimeOfTheRowsBeforeTimePasses() throws IOException {
        ModelTest test = only("""
                unit_tests:
                  - name: a
                    model: silver.order
                    history:
                      - { input: bronze.orders, upsert: [{ id: 1, at: 2026-03-02T00:00:00Z }, { id: 2, at: 2026-03-01T00:00:00Z }] }
                      - { advance: 1d }
                      - { input: bronze.orders, upsert: [{ id: 3, at: 2026-03-03T00:00:00Z }] }
                    expect: { rows: [] }
                """);

        assertThat(test.now()).isEqualTo(Instant.parse("2026-03-02T00:00:00Z"));
    }

    @Test
    void shouldReadTheSameRowsInEveryForm() throws IOException {
        String csv = """
                id, note,    total, paid,  at
                1,  "a, b",  7.5,   TRUE,  2026-03-01T10:00:00Z
                2,  "",      ,      ,
                """;
        write("tests/orders.csv", csv);
        write("tests/orders.yaml", """
                - { id: 1, note: "a, b", total: 7.5, paid: true, at: 2026-03-01T10:00:00Z }
                - { id: 2, note: "", total: null, paid: null, at: ~ }
                """);
        write("tests/test.yaml", """
                unit_tests:
                  - name: forms
                    model: silver.order
                    given:
                      - { input: bronze.orders, rows: [{ id: 1, note: "a, b", total: 7.5, paid: true, at: 2026-03-01T10:00:00Z }, { id: 2, note: "", total: , paid: , at: }] }
                      - input: bronze.orders
                        format: csv
                        rows: |
                %s
                      - { input: bronze.orders, rows: orders.csv }
                      - { input: bronze.orders, rows: orders.yaml }
                      - { input: bronze.orders, format: csv, fixture: orders }
                    expect: { rows: [] }
                """.formatted(csv.indent(10).stripTrailing()));

        List<ModelTest> tests = read();

        assertThat(problems).isEmpty();
        List<List<ModelTest.Row>> forms = tests.getFirst().steps().stream()
                .filter(Step.Upsert.class::isInstance)
                .map(step -> ((Step.Upsert) step).rows())
                .toList();
        assertThat(forms).hasSize(5);
        assertThat(forms).allSatisfy(rows -> {
            assertThat(rows).hasSize(2);
            assertThat(rows.get(0).values())
                    .containsExactly(
                            1L,
                            "a, b",
                            new BigDecimal("7.50"),
                            true,
                            Instant.parse("2026-03-01T10:00:00Z").toEpochMilli());
            assertThat(rows.get(1).values()).containsExactly(2L, "", null, null, null);
            assertThat(rows.get(1).named()).containsExactly(0, 1, 2, 3, 4);
        });
    }

    @Test
    void shouldTellEveryMistakeByItsPlace() throws IOException {
        write("tests/test.yaml", """
                unit_tests:
                  - name: a
                    model: silver.ordr
                    given: []
                    expect: { rows: [] }
                  - name: b
                    model: silver.order
                    given:
                      - input: bronze.order
                        rows: []
                      - input: bronze.orders
                        rows:
                          - { id: 1, totl: 7 }
                          - { id: x, total: 7.555 }
                          - { note: n }
                          - { id: 2, note: null }
                      - input: silver.order
                        rows: []
                      - { input: bronze.orders, rows: missing.csv }
                    expekt: { rows: [] }
                  - name: b
                    model: silver.order
                    history:
                      - { advance: soon }
                      - { restart: false }
                      - { input: bronze.orders, delete: [{ id: 1, note: n }] }
                      - { upsert: [], delete: [] }
                      - input: bronze.orders
                        upsert: |
                          id,total
                          1,seven
                          1,2,3
                    expect: { model: gold.order, rows: [] }
                  - { name: c, model: silver.order, given: [] , history: [], expect: { rows: [] } }
                  - { name: d, model: drafts/none.sql, given: [], expect: { rows: [] } }
                """);

        assertThat(read()).isEmpty();
        assertThat(problems)
                .extracting(Problem::toString)
                .containsExactly(
                        "tests/test.yaml:3:12: model \"silver.ordr\" is not in this domain (did you mean \"silver.order\"?)",
                        "tests/test.yaml:20:5: unknown field \"expekt\" (did you mean \"expect\"?)",
                        "tests/test.yaml:9:16: product \"bronze.order\" has no contract in this domain (did you mean \"bronze.orders\"?)",
                        "tests/test.yaml:13:22: column \"totl\" is not in bronze.orders (did you mean \"total\"?)",
                        "tests/test.yaml:14:19: column \"id\": not of type bigint: write a whole number of 64 bits",
                        "tests/test.yaml:14:29: column \"total\": not of type decimal(12,2): write a number with at most 2 digits after the point",
                        "tests/test.yaml:15:13: column \"id\" is part of the key of bronze.orders: give it a value",
                        "tests/test.yaml:16:28: column \"note\" is null, and the contract of bronze.orders requires it: give it a value, or leave it out where it does not matter",
                        "tests/test.yaml:17:16: silver.order is what this test runs, and not an input: give rows to what it reads",
                        "tests/test.yaml:19:39: there is no file tests/missing.csv: name one from the folder of this test",
                        "tests/test.yaml:6:5: \"expect\" is missing: {rows: [...]}, at the end or as a step of the history",
                        "tests/test.yaml:24:20: \"soon\" is no duration: write 30d, 12h, 90s, 500ms or PT1H30M",
                        "tests/test.yaml:25:20: write restart: true, or leave the step out",
                        "tests/test.yaml:26:57: column \"note\" is not part of the key of bronze.orders: a deletion names (id)",
                        "tests/test.yaml:27:9: a step does one thing, and this one has \"upsert\" and \"delete\": make several steps",
                        "tests/test.yaml:31:13: column \"total\": not of type decimal(12,2): write a number with at most 2 digits after the point",
                        "tests/test.yaml:32:11: 3 cells under 2 columns: quote a cell that holds a comma",
                        "tests/test.yaml:33:22: \"gold.order\" is not what this test runs; there is: silver.order",
                        "tests/test.yaml:21:11: test \"b\" is in this file already: rename one",
                        "tests/test.yaml:34:49: \"history\" beside \"given\": given is what stands, history is what happens; write one of them",
                        "tests/test.yaml:35:23: there is no file drafts/none.sql, neither from tests nor from the domain's folder");
    }

    private ModelTest only(String yaml) throws IOException {
        write("tests/test.yaml", yaml);
        List<ModelTest> tests = read();
        assertThat(problems).isEmpty();
        assertThat(tests).hasSize(1);
        return tests.getFirst();
    }

    private List<ModelTest> read() {
        return ModelTestFolder.read(DomainFolder.load(folder, _ -> null), problems);
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
