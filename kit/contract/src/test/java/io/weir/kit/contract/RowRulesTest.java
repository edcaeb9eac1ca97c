package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RowRulesTest {

    @TempDir
    Path folder;

    @Test
    void shouldTellTheFirstBrokenRule() throws IOException {
        RowRules rules = rules(
                "logicalType: string\n        required: true\n        logicalTypeOptions: { maxLength: 3, pattern: '^a' }");

        assertThat(rules.firstBroken(new Object[] {1L, null}).map(RowRule::name))
                .hasValue("required");
        assertThat(rules.firstBroken(new Object[] {1L, "bcde"}).map(RowRule::name))
                .hasValue("maxLength");
        assertThat(rules.firstBroken(new Object[] {1L, "bcd"})).hasValueSatisfying(rule -> {
            assertThat(rule.name()).isEqualTo("pattern");
            assertThat(rule.field()).isEqualTo("it");
            assertThat(rule.demand()).isEqualTo("the pattern ^a");
        });
        assertThat(rules.firstBroken(new Object[] {1L, "abc"})).isEmpty();
    }

    @Test
    void shouldLetNullKeepEveryRuleButRequired() throws IOException {
        RowRules rules = rules("logicalType: string\n        logicalTypeOptions: { minLength: 3, format: email }");

        assertThat(rules.firstBroken(new Object[] {1L, null})).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "email, ann@shop.example, ann@shop",
        "email, a.b+c@x.y.example, a b@x.example",
        "uuid, 0b6fe1a1-3c6a-4e4e-9f3e-2f4b9c1d0e5a, 0b6fe1a1",
        "uri, https://shop.example/a, shop.example/a",
        "hostname, shop.example, -shop-.example",
        "ipv4, 192.168.0.255, 192.168.0.256",
        "ipv6, ::1, 127.0.0.1",
        "ipv6, 2001:db8::ff:1.2.3.4, 1:2:3",
        "byte, YWJj, YWJ"
    })
    void shouldKnowTheFormats(String format, String good, String bad) throws IOException {
        RowRules rules = rules("logicalType: string\n        logicalTypeOptions: { format: %s }".formatted(format));

        assertThat(rules.firstBroken(new Object[] {1L, good})).isEmpty();
        assertThat(rules.firstBroken(new Object[] {1L, bad}).map(RowRule::demand))
                .hasValue("the form of " + format);
    }

    @ParameterizedTest
    @CsvSource({
        "minimum, 2, 2, 1",
        "minimum, 1.5, 2, 1",
        "exclusiveMinimum, 1, 2, 1",
        "exclusiveMinimum, 1.5, 2, 1",
        "maximum, 1, 1, 2",
        "maximum, 1.5, 1, 2",
        "exclusiveMaximum, 2, 1, 2",
        "exclusiveMaximum, 1.5, 1, 2",
        "multipleOf, 2, 4, 5"
    })
    void shouldBoundWholeNumbers(String rule, String bound, long good, long bad) throws IOException {
        RowRules rules = rules("logicalType: integer\n        logicalTypeOptions: { %s: %s }".formatted(rule, bound));

        assertThat(rules.firstBroken(new Object[] {1L, good})).isEmpty();
        assertThat(rules.firstBroken(new Object[] {1L, bad}).map(RowRule::name)).hasValue(rule);
    }

    @Test
    void shouldBoundDecimalsAndDoubles() throws IOException {
        RowRules decimals = rules(
                "physicalType: decimal(6,2)\n        logicalTypeOptions: { exclusiveMinimum: 0, multipleOf: 0.05 }");
        RowRules doubles = rules("logicalType: number\n        logicalTypeOptions: { minimum: 0, multipleOf: 0.1 }");

        assertThat(decimals.firstBroken(new Object[] {1L, new BigDecimal("0.05")}))
                .isEmpty();
        assertThat(broken(decimals, new BigDecimal("0.00"))).hasValue("exclusiveMinimum");
        assertThat(broken(decimals, new BigDecimal("0.07"))).hasValue("multipleOf");
        assertThat(broken(decimals, new BigDecimal("10000.00"))).hasValue("precision");
        assertThat(broken(decimals, new BigDecimal("0.051"))).hasValue("precision");
        assertThat(broken(decimals, new BigDecimal("0.0500"))).isEmpty();
        assertThat(broken(doubles, 0.3)).isEmpty();
        assertThat(broken(doubles, Double.NaN)).hasValue("minimum");
        assertThat(broken(doubles, 0.25)).hasValue("multipleOf");
    }

    @Test
    void shouldBoundDatesAndTimestamps() throws IOException {
        RowRules dates = rules("logicalType: date\n        logicalTypeOptions: { minimum: '2026-01-31' }");
        RowRules times = rules(
                "logicalType: timestamp\n        logicalTypeOptions: { exclusiveMaximum: '2026-01-31T00:00:00+01:00' }");
        long limit = Instant.parse("2026-01-30T23:00:00Z").toEpochMilli();

        assertThat(broken(dates, (int) LocalDate.of(2026, 1, 31).toEpochDay())).isEmpty();
        assertThat(broken(dates, (int) LocalDate.of(2026, 1, 30).toEpochDay())).hasValue("minimum");
        assertThat(broken(times, limit - 1)).isEmpty();
        assertThat(broken(times, limit)).hasValue("exclusiveMaximum");
    }

    @Test
    void shouldTakeTheLengthOfAPhysicalType() throws IOException {
        RowRules rules = rules("physicalType: varchar(2)");

        assertThat(broken(rules, "\uD83C\uDF0A\uD83C\uDF0A")).isEmpty();
        assertThat(broken(rules, "abc")).hasValue("maxLength");
    }

    @Test
    void shouldTakeValidValuesWhereNoneMayBeInvalid() throws IOException {
        RowRules rules = rules("""
                logicalType: string
                        quality:
                          - metric: invalidValues
                            arguments: { validValues: [open, closed] }
                            mustBe: 0
                          - metric: invalidValues
                            arguments: { validValues: [open] }
                            mustBeLessThan: 5
                """);

        assertThat(broken(rules, "closed")).isEmpty();
        assertThat(rules.firstBroken(new Object[] {1L, "lost"}).map(RowRule::demand))
                .hasValue("one of open, closed");
    }

    @Test
    void shouldKeepWholeNumbersInTheirFormat() throws IOException {
        RowRules rules = rules("logicalType: integer\n        logicalTypeOptions: { format: u8 }");

        assertThat(broken(rules, 255L)).isEmpty();
        assertThat(broken(rules, 256L)).hasValue("format");
        assertThat(broken(rules, -1L)).hasValue("format");
    }

    @Test
    void shouldTakeNoMissingAndNoNullValues() throws IOException {
        RowRules missing = rules("""
                logicalType: string
                        quality:
                          - metric: missingValues
                            arguments: { missingValues: ['', N/A] }
                            mustBe: 0
                """);
        RowRules nothing = rules("""
                logicalType: string
                        quality:
                          - metric: nullValues
                            mustBeLessThan: 1
                          - metric: missingValues
                            arguments: { missingValues: [null] }
                            mustBeLessOrEqualTo: 5
                """);

        assertThat(broken(missing, "N/A")).hasValue("missingValues");
        assertThat(missing.firstBroken(new Object[] {1L, null})).isEmpty();
        assertThat(nothing.firstBroken(new Object[] {1L, null}).map(RowRule::name))
                .hasValue("nullValues");
        assertThat(broken(nothing, "a")).isEmpty();
    }

    @Test
    void shouldReadValidValuesAsV30WroteThem() throws IOException {
        RowRules rules = rules("""
                logicalType: string
                        quality:
                          - rule: validValues
                            validValues: [open]
                            mustBe: 0
                """, "v3.0.2");

        assertThat(broken(rules, "lost")).hasValue("validValues");
    }

    @Test
    void shouldLetTheNearestWordDecideWhatABrokenRuleDoes() throws IOException {
        RowRules rules = rules("""
                logicalType: string
                        customProperties: [{property: onViolation, value: warn}]
                        logicalTypeOptions: { maxLength: 3 }
                        quality:
                          - metric: invalidValues
                            arguments: { validValues: [open] }
                            mustBe: 0
                            customProperties: [{property: onViolation, value: halt}]
                """);

        assertThat(rules.firstBroken(new Object[] {null, "long"}).map(RowRule::name))
                .as("what halts goes first")
                .hasValue("validValues");
        assertThat(rules.warnings(new Object[] {1L, "open"}))
                .extracting(RowRule::name)
                .containsExactly("maxLength");
        assertThat(rules.firstBroken(new Object[] {1L, "open"})).isEmpty();
        assertThat(rules.warnings(new Object[] {1L, "abc"})).isEmpty();
        assertThat(rules.all())
                .extracting(rule -> rule.name() + " " + rules.onViolation(rule))
                .containsExactly("required QUARANTINE", "maxLength WARN", "validValues HALT");
    }

    @Test
    void shouldCountElementsAndHoldEachAgainstItsOptions() throws IOException {
        RowRules rules = rules("""
                logicalType: array
                        logicalTypeOptions: { minItems: 1, maxItems: 3, uniqueItems: true }
                        items:
                          logicalType: string
                          logicalTypeOptions: { pattern: '^[A-Z]+$' }
                """);

        assertThat(broken(rules, List.of("A", "B"))).isEmpty();
        assertThat(broken(rules, List.of())).hasValue("minItems");
        assertThat(broken(rules, List.of("A", "B", "C", "D"))).hasValue("maxItems");
        assertThat(broken(rules, List.of("A", "A"))).hasValue("uniqueItems");
        assertThat(broken(rules, List.of("A", "b"))).hasValue("pattern");
        assertThat(rules.firstBroken(new Object[] {1L, List.of("b")}).map(RowRule::field))
                .hasValue("it[]");
    }

    @Test
    void shouldHoldRecordsAndMapsAgainstTheirOptions() throws IOException {
        RowRules record = rules("""
                logicalType: object
                        logicalTypeOptions: { minProperties: 1, required: [city] }
                        properties:
                          - name: city
                            logicalType: string
                            physicalType: varchar(5)
                          - name: zip
                            logicalType: integer
                            logicalTypeOptions: { minimum: 1000 }
                """);
        RowRules map = rules("""
                logicalType: object
                        physicalType: map<text,text>
                        logicalTypeOptions: { maxProperties: 1, required: [a] }
                """);

        assertThat(broken(record, Arrays.asList("Ulm", null))).isEmpty();
        assertThat(broken(record, Arrays.asList(null, null))).hasValue("minProperties");
        assertThat(broken(record, Arrays.asList(null, 8000))).hasValue("required");
        assertThat(broken(record, Arrays.asList("Berlin", null))).hasValue("maxLength");
        assertThat(broken(record, Arrays.asList("Ulm", 7))).hasValue("minimum");
        assertThat(record.firstBroken(new Object[] {1L, Arrays.asList("Ulm", 7)})
                        .map(RowRule::field))
                .hasValue("it.zip");
        assertThat(broken(map, Map.of("a", "1"))).isEmpty();
        assertThat(broken(map, Map.of("a", "1", "b", "2"))).hasValue("maxProperties");
        assertThat(broken(map, Map.of("b", "2"))).hasValue("required");
    }

    private static Optional<String> broken(RowRules rules, Object value) {
        return rules.firstBroken(new Object[] {1L, value}).map(RowRule::name);
    }

    /** The rules of a product with a key and one column {@code it} that is declared as given. */
    private RowRules rules(String declared) throws IOException {
        return rules(declared, "v3.1.0");
    }

    private RowRules rules(String declared, String apiVersion) throws IOException {
        Files.writeString(
                folder.resolve("domain.yaml"),
                "apiVersion: weir/v1\nkind: Domain\nname: d\nteam: { name: t, contact: t@t.example }\n");
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("contracts/p.odcs.yaml"), """
                apiVersion: %s
                kind: DataContract
                id: p
                version: 1.0.0
                status: active
                schema:
                  - name: p
                    physicalName: silver.d.p.v1
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                      - name: it
                        %s
                """.formatted(apiVersion, declared));
        return RowRules.of(DomainFolder.load(folder, _ -> null).find("silver.p").orElseThrow());
    }
}
