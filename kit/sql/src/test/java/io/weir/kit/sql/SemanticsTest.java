package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions mean what they mean in PostgreSQL, also where Calcite's default differs. */
class SemanticsTest {

    private static final String TABLE =
            "bronze.a id bigint key, i integer, j bigint, zero integer, s varchar, pad varchar, d decimal(8,2), f double, fz double, t timestamp, b boolean, none integer null, empty varchar null, big bigint, big4 integer";

    private static final Object[] ROW = {
        1L,
        7,
        2L,
        0,
        "Ab",
        " x ",
        new BigDecimal("1.50"),
        2.5,
        0.0,
        1_767_268_800_000L,
        true,
        null,
        null,
        Long.MAX_VALUE,
        Integer.MAX_VALUE
    };

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "i / 2 ~ integer ~ 3",
                "-i / 2 ~ integer ~ -3",
                "i / j ~ bigint ~ 3",
                "i % 4 ~ integer ~ 3",
                "i * d ~ decimal(18,2) ~ 10.50",
                "CAST(d AS INTEGER) ~ integer ~ 2",
                "CAST(f AS INTEGER) ~ integer ~ 2",
                "CAST(f + 1 AS INTEGER) ~ integer ~ 4",
                "CAST(i AS DOUBLE) / 2 ~ double ~ 3.5",
                "ROUND(d, 1) ~ decimal(8,2) ~ 1.50",
                "CASE WHEN zero = 0 THEN 0 ELSE i / zero END ~ integer ~ 0",
                "CASE WHEN i > 1 THEN 'a' ELSE 'long' END ~ varchar ~ a",
                "COALESCE(empty, 'none') ~ varchar ~ none",
                "NULLIF(TRIM(pad), 'x') ~ varchar ~ null",
                "s || '!' ~ varchar ~ Ab!",
                "s || empty ~ varchar ~ null",
                "CONCAT(s, empty, '!') ~ varchar ~ Ab!",
                "LOWER(s) ~ varchar ~ ab",
                "LENGTH(pad) ~ integer ~ 3",
                "CHAR_LENGTH(pad) ~ integer ~ 3",
                "SUBSTRING(s FROM 2) ~ varchar ~ b",
                "LEFT(s, 1) ~ varchar ~ A",
                "REPLACE(s, 'A', 'x') ~ varchar ~ xb",
                "POSITION('b' IN s) ~ integer ~ 2",
                "s LIKE 'A%' ~ boolean ~ true",
                "s ILIKE 'a%' ~ boolean ~ true",
                "CAST(b AS VARCHAR) ~ varchar ~ true",
                "CAST(i AS VARCHAR) ~ varchar ~ 7",
                "i::varchar ~ varchar ~ 7",
                "CAST(i AS TEXT) ~ varchar ~ 7",
                "CAST(d AS VARCHAR) ~ varchar ~ 1.50",
                "CAST('12' AS INTEGER) ~ integer ~ 12",
                "CAST(t AS DATE) ~ date ~ 20454",
                "EXTRACT(YEAR FROM t) ~ bigint ~ 2026",
                "EXTRACT(HOUR FROM t) ~ bigint ~ 12",
                "t + INTERVAL '1' DAY ~ timestamp ~ 1767355200000",
                "none IS NULL AND b ~ boolean ~ true",
                "none = 1 OR b ~ boolean ~ true",
                "i IN (1, 7) ~ boolean ~ true",
                "i NOT IN (1, 2) ~ boolean ~ true",
                "i BETWEEN 1 AND 7 ~ boolean ~ true",
                "none IS DISTINCT FROM 1 ~ boolean ~ true",
                "ABS(-i) ~ integer ~ 7",
                "GREATEST(i, 9) ~ integer ~ 9",
                "LEAST(i, 9) ~ integer ~ 7",
                "GREATEST(none, 9) ~ integer ~ 9",
                "i / zero ~ integer ~ division by zero",
                "d / zero ~ decimal(38,16) ~ division by zero",
                "d / i ~ decimal(38,16) ~ 0.2142857142857143",
                "d / i * (d / i) ~ decimal(38,16) ~ 0.0459183673469388",
                "big / d * 10.0 ~ decimal(38,16) ~ 61489146912365172046.6666666666666670",
                "big / 0.0000000001 ~ decimal(38,16) ~ numeric overflow",
                "f / fz ~ double ~ division by zero",
                "CAST(none AS DOUBLE) / 4 ~ double ~ null",
                "CAST(CAST(none AS DOUBLE) AS INTEGER) ~ integer ~ null",
                "i % zero ~ integer ~ division by zero",
                "big4 + 1 ~ integer ~ numeric overflow",
                "big * 2 ~ bigint ~ numeric overflow",
                "big - -1 ~ bigint ~ numeric overflow",
                "CAST(big AS INTEGER) ~ integer ~ numeric overflow",
                "CAST(s AS INTEGER) ~ integer ~ the text is not a number",
            })
    void shouldMeanWhatPostgresqlMeans(String expression, String type, String expected) {
        Domain domain = TestDomain.of(TABLE, "silver.result id bigint key, v " + type + " null");
        DataProduct table = domain.find("bronze.a").orElseThrow();
        ModelPlan plan = SqlPlanner.plan(TestDomain.model("SELECT id, " + expression + " AS v FROM bronze.a"), domain);
        Simulator simulator = new Simulator(plan, 1, new Random(1));

        simulator.send(table, new Object[] {1L}, ROW);
        simulator.run(10);

        String actual = simulator.output().isEmpty()
                ? simulator
                        .rejections()
                        .getFirst()
                        .detail()
                        .replaceFirst("^[^ ]+: ", "")
                        .replaceFirst(" in \".*", "")
                : String.valueOf(simulator.output().values().iterator().next()[1]);
        assertThat(actual).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "AVG(i) ~ decimal(38,16) ~ 3.5000000000000000",
                "SUM(i) ~ bigint ~ 7",
                "SUM(j) ~ decimal(38,0) ~ 2",
                "COUNT(none) ~ bigint ~ 0",
                "SUM(none) ~ bigint ~ null",
                "AVG(d) ~ decimal(38,16) ~ 0.7500000000000000",
                "SUM(d) / SUM(i) ~ decimal(38,16) ~ 0.2142857142857143",
                "SUM(d) / COUNT(*) ~ decimal(38,16) ~ 0.7500000000000000",
                "MIN(s) ~ varchar ~ Ab",
                "MAX(s) ~ varchar ~ é",
                "SUM(f) ~ double ~ 2.5",
                "COUNT(*) FILTER (WHERE i > 0) ~ bigint ~ 1",
                "EVERY(i > 0) ~ boolean ~ false",
                "APPROX_COUNT_DISTINCT(none) ~ bigint ~ 0",
                "APPROX_COUNT_DISTINCT(i) ~ bigint ~ 2",
                "BOOL_AND(empty = 'x') ~ boolean ~ null",
                "STDDEV(i) ~ decimal(38,16) ~ 4.9497474683058327",
                "VAR_SAMP(none) ~ decimal(38,16) ~ null",
                "VAR_POP(f) ~ double ~ 1.5625",
                "STRING_AGG(s, ', ' ORDER BY s DESC) ~ varchar ~ é, Ab",
                "LISTAGG(s, '/') WITHIN GROUP (ORDER BY i) ~ varchar ~ é/Ab",
                "STRING_AGG(empty, ',') ~ varchar ~ null",
                "ARG_MAX(s, i) ~ varchar ~ Ab",
                "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY f) ~ double ~ 1.25",
                "PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY i) ~ integer ~ 0",
            })
    void shouldAggregateAsPostgresqlDoes(String call, String type, String expected) {
        Domain domain = TestDomain.of(TABLE, "silver.result b boolean key, v " + type + " null");
        DataProduct table = domain.find("bronze.a").orElseThrow();
        ModelPlan plan =
                SqlPlanner.plan(TestDomain.model("SELECT b, " + call + " AS v FROM bronze.a GROUP BY b"), domain);
        Simulator simulator = new Simulator(plan, 1, new Random(1));
        Object[] other = {2L, 0, 0L, 0, "é", "", new BigDecimal("0.00"), 0.0, 0.0, 0L, true, null, null, 0L, 0};

        simulator.send(table, new Object[] {1L}, ROW);
        simulator.send(table, new Object[] {2L}, other);
        simulator.run(10);

        assertThat(simulator.output().values()).singleElement().satisfies(row -> assertThat(String.valueOf(row[1]))
                .isEqualTo(expected));
    }
}
