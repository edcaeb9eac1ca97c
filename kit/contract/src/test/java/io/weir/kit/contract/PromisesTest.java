package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromisesTest {

    @Test
    void shouldReadWhatIsJudgedOverManyRows() {
        List<Promise> promises = read("""
                        quality:
                          - metric: nullValues
                            mustBeLessThan: 10
                            unit: percent
                            severity: warning
                            schedule: 0 20 * * *
                          - metric: missingValues
                            arguments: {missingValues: ['n/a']}
                            mustBeLessOrEqualTo: 5
                          - metric: nullValues
                            mustBe: 0
                """, """
                        unique: true
                        quality:
                          - type: custom
                            engine: weir
                            implementation: {metric: quantile, quantile: 0.95, mustBeBetween: [1, 5]}
                          - {type: custom, engine: soda, implementation: row_count > 0}
                """, """
                    quality:
                      - {metric: rowCount, mustBeGreaterThan: 0, id: some_rows}
                      - {metric: duplicateValues, arguments: {properties: [mail, amount]}, mustBe: 0}
                """, "{property: freshness, value: 15, unit: min, element: o.at}");

        assertThat(promises)
                .extracting(Promise::id, Promise::demand)
                .containsExactly(
                        tuple("mail.nullValues", "nullValues of \"mail\": less than 10 percent"),
                        tuple("mail.missingValues", "missingValues of \"mail\": at most 5 rows"),
                        tuple("mail.nullValues-2", "nullValues of \"mail\": exactly 0 rows"),
                        tuple("amount.quantile", "quantile 0.95 of \"amount\": between 1 and 5"),
                        tuple("amount.unique", "duplicateValues of \"amount\": exactly 0 rows"),
                        tuple("some_rows", "rowCount: more than 0 rows"),
                        tuple("duplicateValues", "duplicateValues of [mail, amount]: exactly 0 rows"),
                        tuple("at.freshness", "freshness of \"at\": at most 15 min"));
        assertThat(promises.getFirst().severity()).isEqualTo("warning");
        assertThat(promises.getFirst().schedule().orElseThrow().last(Instant.parse("2026-01-31T21:00:00Z")))
                .contains(Instant.parse("2026-01-31T20:00:00Z"));
        assertThat(promises.get(1).bad()).get().satisfies(bad -> {
            assertThat(bad.holds(new Object[] {1L, "n/a"})).isFalse();
            assertThat(bad.holds(new Object[] {1L, "a@example.org"})).isTrue();
        });
        assertThat(promises.get(2).isKeptByTheGate(DataProduct.OnViolation.QUARANTINE))
                .isTrue();
        assertThat(promises.get(2).isKeptByTheGate(DataProduct.OnViolation.WARN))
                .isFalse();
    }

    @Test
    void shouldTellWhatCannotBeMeasured() {
        assertThatThrownBy(() -> read("""
                        quality:
                          - {type: custom, engine: weir, implementation: {metric: mean, mustBeLessThan: 1}}
                """, "", "", "{property: latency, value: 5}"))
                .hasMessageContaining("mean needs a column with numbers, this one is varchar")
                .hasMessageContaining("latency needs a unit of time: ms, s, min, h, d or y");
        assertThatThrownBy(() -> read("", """
                        quality:
                          - {type: custom, engine: weir, implementation: {metric: maen, mustBeLessThan: 1}}
                          - {type: custom, engine: weir, implementation: {metric: mean}}
                          - {type: custom, engine: weir, implementation: {metric: quantile, mustBeLessThan: 1}}
                """, "", "{property: retention, value: 1, unit: d}"))
                .hasMessageContaining("metric \"maen\" is not known to the engine weir for a column")
                .hasMessageContaining("did you mean \"mean\"?")
                .hasMessageContaining("\"mean\" has no operator")
                .hasMessageContaining("quantile says which one, from 0 to 1");
    }

    @Test
    void shouldHoldMeasuredNumbersAgainstEveryOperator() {
        assertThat(new Bound(Bound.Operator.MUST_BE, 5, 5).holds(5)).isTrue();
        assertThat(new Bound(Bound.Operator.MUST_NOT_BE, 5, 5).holds(5)).isFalse();
        assertThat(new Bound(Bound.Operator.MUST_BE_GREATER_THAN, 5, 5).holds(5))
                .isFalse();
        assertThat(new Bound(Bound.Operator.MUST_BE_GREATER_OR_EQUAL_TO, 5, 5).holds(5))
                .isTrue();
        assertThat(new Bound(Bound.Operator.MUST_BE_LESS_THAN, 5, 5).holds(5)).isFalse();
        assertThat(new Bound(Bound.Operator.MUST_BE_LESS_OR_EQUAL_TO, 5, 5).holds(5))
                .isTrue();
        assertThat(new Bound(Bound.Operator.MUST_BE_BETWEEN, 1, 5).holds(5)).isTrue();
        assertThat(new Bound(Bound.Operator.MUST_NOT_BE_BETWEEN, 1, 5).holds(5)).isFalse();
        assertThat(new Bound(Bound.Operator.MUST_NOT_BE_BETWEEN, 1, 5).holds(6)).isTrue();
    }

    private static List<Promise> read(String mail, String amount, String quality, String level) {
        return ContractFile.of("""
                apiVersion: v3.1.0
                kind: DataContract
                id: o
                version: 1.0.0
                status: active
                name: o
                domain: shop
                schema:
                  - name: o
                    physicalName: silver.shop.o.v1
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                      - name: mail
                        logicalType: string
                %s      - name: amount
                        logicalType: number
                %s      - name: at
                        logicalType: timestamp
                %sslaProperties:
                  - %s
                team: {name: shop}
                """.formatted(mail, amount, quality, level), "o.odcs.yaml")
                .product()
                .settings()
                .promises();
    }
}
