package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataProduct.OnViolation;
import io.weir.kit.contract.RowRule;
import io.weir.kit.contract.RowRules;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlConditionsTest {

    private static final String CONTRACT = """
            apiVersion: v3.1.0
            kind: DataContract
            id: shop.line
            version: 1.0.0
            status: active
            schema:
              - name: line
                physicalName: bronze.shop.line.v1
                customProperties:
                  - {property: kind, value: events}
                properties:
                  - name: id
                    logicalType: integer
                    primaryKey: true
                  - name: price
                    physicalType: decimal(12,2)
                  - name: paid
                    physicalType: decimal(12,2)
                  - name: code
                    logicalType: string
                    %s
                quality:
                  - type: sql
                    id: not_overpaid
                    query: %s
                    mustBe: 0
                    customProperties:
                      - {property: onViolation, value: %s}
            """;

    private static DataProduct line(String query) {
        return ContractFile.of(CONTRACT.formatted("", "\"" + query + "\"", "halt"), "line.odcs.yaml")
                .product();
    }

    private static @Nullable Object[] row(@Nullable String price, @Nullable String paid, @Nullable String code) {
        return new @Nullable Object[] {
            1L, price == null ? null : new BigDecimal(price), paid == null ? null : new BigDecimal(paid), code
        };
    }

    @ParameterizedTest
    @CsvSource({"10.00, 10.00, true", "10.00, 10.01, false", ", 10.01, true", "10.00, , true"})
    void shouldBreakTheRuleWhereTheConditionIsTrueAndOnlyThere(
            @Nullable String price, @Nullable String paid, boolean holds) {
        RowRules rules = RowRules.of(line("SELECT COUNT(*) FROM ${object} WHERE paid > price"));

        assertThat(rules.firstBroken(row(price, paid, "a")).isEmpty()).isEqualTo(holds);
    }

    @Test
    void shouldTellTheRuleAndWhatHappens() {
        RowRules rules = RowRules.of(line("select count(*) from line where line.paid > price and length(code) < 9;"));

        RowRule broken = rules.firstBroken(row("1", "2", "abc")).orElseThrow();

        assertThat(broken.name()).isEqualTo("not_overpaid");
        assertThat(broken.demand()).isEqualTo("not line.paid > price and length(code) < 9");
        assertThat(rules.onViolation(broken)).isEqualTo(OnViolation.HALT);
    }

    @Test
    void shouldHoldARowOnWhichTheConditionFailsForBroken() {
        RowRules rules = RowRules.of(line("SELECT COUNT(*) FROM {table} WHERE price / paid > 100"));

        assertThat(rules.firstBroken(row("1", "0", "a"))).isPresent();
        assertThat(rules.firstBroken(row("1", "1", "a"))).isEmpty();
    }

    @Test
    void shouldReadARuleOfAColumn() {
        String quality = """
                quality:
                          - type: sql
                            query: SELECT COUNT(*) FROM {object} WHERE {property} = 'x'
                            mustBeLessThan: 1
                """;
        RowRules rules =
                RowRules.of(ContractFile.of(CONTRACT.formatted(quality.strip(), "SELECT 1", "warn"), "line.odcs.yaml")
                        .product());

        assertThat(rules.firstBroken(row("1", "1", "x")).map(RowRule::field)).hasValue("code");
        assertThat(rules.firstBroken(row("1", "1", "y"))).isEmpty();
    }

    @Test
    void shouldReadARuleOfAFieldInsideARecord() {
        String within =
                "logicalType: object\n        properties: [{name: geo, logicalType: object, properties: [{name: x, logicalType: integer, "
                        + "quality: [{type: sql, query: 'SELECT COUNT(*) FROM {object} WHERE {property} > id', mustBe: 0}]}]}]";
        RowRules rules = RowRules.of(ContractFile.of(
                        CONTRACT.replace("logicalType: string\n        %s", within)
                                .formatted("SELECT 1", "warn"),
                        "line.odcs.yaml")
                .product());

        assertThat(rules.firstBroken(new @Nullable Object[] {1L, null, null, List.of(List.of(2L))})
                        .map(RowRule::field))
                .hasValue("code.geo.x");
        assertThat(rules.firstBroken(new @Nullable Object[] {1L, null, null, List.of(List.of(1L))}))
                .isEmpty();
        assertThat(rules.firstBroken(new @Nullable Object[] {1L, null, null, null}))
                .isEmpty();
    }

    @Test
    void shouldLeaveQueriesOverManyRowsAlone() {
        assertThat(line("SELECT COUNT(DISTINCT code) FROM line").settings().sqlRules())
                .isEmpty();
        assertThat(line("SELECT COUNT(*) FROM other WHERE paid > price")
                        .settings()
                        .sqlRules())
                .isEmpty();
    }

    @Test
    void shouldTellAConditionThatDoesNotFit() {
        DataProduct product = line("SELECT COUNT(*) FROM line WHERE payd > price");

        assertThatThrownBy(() -> RowRules.of(product))
                .hasMessageContaining("line.odcs.yaml:25:16: quality rule \"not_overpaid\": ")
                .hasMessageContaining("did you mean \"paid\"?");
    }
}
