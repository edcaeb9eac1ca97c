package io.weir.reversesync;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversionTest {

    @Test
    void shouldWriteValuesAsPostgresReadsThem() {
        assertThat(TextForm.of(new DataType.Bool(), true)).isEqualTo("true");
        assertThat(TextForm.of(new DataType.BigInt(), -1L)).isEqualTo("-1");
        assertThat(TextForm.of(new DataType.DoublePrecision(), Double.NaN)).isEqualTo("NaN");
        assertThat(TextForm.of(new DataType.Decimal(38, 2), new BigDecimal("1E+3")))
                .isEqualTo("1000");
        assertThat(TextForm.of(new DataType.Varchar(), "O'Neill \\ \"x\"")).isEqualTo("O'Neill \\ \"x\"");
        assertThat(TextForm.of(new DataType.Date(), 20_513)).isEqualTo("2026-03-01");
        assertThat(TextForm.of(new DataType.Time(), 36_000_001)).isEqualTo("10:00:00.001");
        assertThat(TextForm.of(new DataType.Timestamp(true), 1_772_359_200_007L))
                .isEqualTo("2026-03-01 10:00:00.007+00");
        assertThat(TextForm.of(new DataType.Varbinary(), new byte[] {0, (byte) 0xff}))
                .isEqualTo("\\x00ff");
        assertThat(TextForm.of(new DataType.Varchar(), null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "int4, N, -1, true",
        "numeric, N, -1, true",
        "text, S, -1, true",
        "bool, B, -1, false",
        "timestamp, D, -1, false"
    })
    void shouldTakeWholeNumbersWhereTheyFit(String type, String category, int scale, boolean fits) {
        assertThat(ColumnFit.takes(new DataType.BigInt(), type, category, scale))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({"numeric, 2, true", "numeric, 1, false", "numeric, -1, true", "int8, -1, false", "float8, -1, true"})
    void shouldNotRoundDecimals(String type, int scale, boolean fits) {
        assertThat(ColumnFit.takes(new DataType.Decimal(14, 2), type, "N", scale))
                .isEqualTo(fits);
    }

    @ParameterizedTest
    @CsvSource({
        "08006, TRANSIENT",
        "57P01, TRANSIENT",
        "40P01, TRANSIENT",
        "40001, TRANSIENT",
        "53300, TRANSIENT",
        "55000, TRANSIENT",
        "25006, TRANSIENT",
        "23505, ROW",
        "22P02, ROW",
        "P0001, ROW",
        "42P01, DESTINATION",
        "28P01, DESTINATION",
        "42501, DESTINATION"
    })
    void shouldTellWhoseFaultAnErrorIs(String sqlState, SqlFailure expected) {
        assertThat(SqlFailure.of(sqlState)).isEqualTo(expected);
    }

    @Test
    void shouldWaitLongerEachTimeButNotForEver() {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(2), new Random(1));

        long[] waitsMs =
                IntStream.range(0, 40).mapToLong(_ -> backoff.next().toMillis()).toArray();

        assertThat(waitsMs[0]).isBetween(50L, 100L);
        assertThat(waitsMs[3]).isBetween(400L, 800L);
        assertThat(waitsMs[39]).isBetween(1000L, 2000L);
    }
}
