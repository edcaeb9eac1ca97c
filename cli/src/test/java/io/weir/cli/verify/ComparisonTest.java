package io.weir.cli.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.RowType;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    private static final RowType TYPE = new RowType(List.of(
            new Column("id", new DataType.BigInt(), false),
            new Column("spend", new DataType.Decimal(12, 2), true),
            new Column("average", new DataType.DoublePrecision(), true)));

    @Test
    void shouldFindTheSameRowsTheSameWhateverTheirScale() {
        Comparison comparison = compare(
                table(row(1L, "7.50", 1.0 / 3), row(2L, null, null)),
                table(row(2L, null, null), row(1L, "7.5", 0.333333333333)));

        assertThat(comparison.isClean()).isTrue();
        assertThat(comparison.compared()).isEqualTo(2);
    }

    @Test
    void shouldCountMissingExtraAndDifferentRowsWithSamples() {
        Comparison comparison = compare(
                table(row(1L, "7.50", null), row(2L, "1.00", null)),
                table(row(2L, "1.01", null), row(3L, "5.00", null)));

        assertThat(comparison.isClean()).isFalse();
        assertThat(comparison.compared()).isEqualTo(3);
        assertThat(comparison.missing()).isEqualTo(1);
        assertThat(comparison.extra()).isEqualTo(1);
        assertThat(comparison.different()).isEqualTo(1);
        assertThat(comparison.samples())
                .contains(new Comparison.Sample("id=2", "spend is 1.01, should be 1.00"))
                .contains(new Comparison.Sample("id=1", "missing"))
                .contains(new Comparison.Sample("id=3", "extra"));
    }

    @Test
    void shouldTellNullFromZero() {
        Comparison comparison = compare(table(row(1L, null, 0.0)), table(row(1L, "0.00", 0.0)));

        assertThat(comparison.different()).isEqualTo(1);
    }

    @Test
    void shouldLeaveOutKeysOnBothSides() {
        Comparison comparison = Comparison.of(
                "x",
                table(row(1L, "7.50", null)),
                table(row(2L, "1.00", null)),
                Set.of(List.of(1L), List.of(2L)),
                Comparison.Scope.ALL);

        assertThat(comparison.isClean()).isTrue();
        assertThat(comparison.compared()).isZero();
        assertThat(comparison.leftOut()).isEqualTo(2);
    }

    @Test
    void shouldReportAKeyThatTheQueryGivesTwice() {
        Comparison comparison =
                compare(table(row(1L, "7.50", null), row(1L, "8.00", null)), table(row(1L, "7.50", null)));

        assertThat(comparison.different()).isEqualTo(1);
    }

    @Test
    void shouldCountOnlyWhatIsInScope() {
        Table expected = table(row(1L, "7.50", null));
        Table actual = table(row(2L, "7.50", null));

        Comparison update = Comparison.of("x", expected, actual, Set.of(), new Comparison.Scope(false, false, true));

        assertThat(update.isClean()).isTrue();
    }

    @Test
    void shouldTakeDoublesForTheSameToABillionth() {
        assertThat(Values.same(1e12, 1e12 + 100)).isTrue();
        assertThat(Values.same(1e12, 1e12 + 10_000)).isFalse();
        assertThat(Values.same(Double.NaN, Double.NaN)).isTrue();
        assertThat(Values.same(0.0, 1e-300)).isFalse();
        assertThat(Values.same(new byte[] {1}, new byte[] {1})).isTrue();
    }

    private static Comparison compare(Table expected, Table actual) {
        return Comparison.of("x", expected, actual, Set.of(), Comparison.Scope.ALL);
    }

    private static Table table(@Nullable Object[]... rows) {
        return Table.of(TYPE, List.of(0), Arrays.asList(rows));
    }

    private static @Nullable Object[] row(long id, @Nullable String spend, @Nullable Double average) {
        return new @Nullable Object[] {id, spend == null ? null : new BigDecimal(spend), average};
    }
}
