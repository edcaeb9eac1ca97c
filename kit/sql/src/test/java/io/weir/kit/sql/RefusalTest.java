package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.weir.kit.contract.ProblemsException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever is not maintained is refused, at its place, with what to write instead. */
class RefusalTest {

    private static final String[] PRODUCTS = {
        "bronze.a id bigint key, name varchar null, n integer null, d decimal(8,2) null, t timestamp null",
        "bronze.b id bigint key, a_id bigint null, v integer null",
        "silver.result id bigint key, v integer null"
    };

    static Stream<Arguments> refused() {
        return Stream.of(
                // clauses
                arguments(
                        "SELECT id, n AS v FROM bronze.a ORDER BY id",
                        "1:42: a product has no order, so ORDER BY means nothing here; leave it out"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a LIMIT 10",
                        "1:39: LIMIT without ORDER BY picks rows by chance, so its result cannot be maintained; write ORDER BY"),
                arguments(
                        "SELECT 1 AS id, 2 AS v",
                        "1:1: a SELECT needs a FROM: without an input no change would ever arrive"),
                arguments(
                        "WITH RECURSIVE x AS (SELECT id, n AS v FROM bronze.a)\nSELECT id, v FROM x",
                        "1:16: WITH RECURSIVE is not maintained; write the levels that you need as joins"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a ORDER BY id OFFSET 2",
                        "1:42: OFFSET without LIMIT is not maintained; write LIMIT too, or keep what ROW_NUMBER() OVER (ORDER BY ...) numbers higher"),
                arguments(
                        "SELECT DISTINCT ON (n) id, n AS v FROM bronze.a ORDER BY n, id",
                        "1:8: DISTINCT ON is not maintained; write QUALIFY ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1 behind the query"),
                arguments(
                        "SELECT id + 1 AS i, n AS v FROM bronze.a WHERE i > 2",
                        "1:48: column \"i\" is not in any table of FROM; what SELECT calls so is not known here: write its expression again"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a ORDER BY n FETCH FIRST 2 ROWS WITH TIES",
                        "1:63: WITH TIES is not maintained; write QUALIFY RANK() OVER (ORDER BY ...) <= n behind the query"),
                arguments(
                        "WITH v (id, v) AS (VALUES (1, 2)) SELECT id, v FROM v",
                        "1:20: VALUES is not maintained; write the rows as a CASE, as reference/name.csv for CONFORM('name', x), or as a product"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a WHERE n > 0 AND n NOT IN (1, NULL)",
                        "1:49: NOT IN with NULL in its list is never true; leave NULL out, and write AND ... IS NOT NULL where it was meant"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a WHERE CURRENT_TIMESTAMP - t < INTERVAL '1' MONTH",
                        "1:39: a month has no length that an age could be compared with; write column > CURRENT_TIMESTAMP - INTERVAL '1' MONTH, or the age in days"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a WHERE id IS NULL",
                        "1:39: a condition of this query is never true (such as IS NULL on a required column), so a part of it never has a row; leave the condition or the part out"),
                arguments(
                        "SELECT id, n + 1 AS v FROM bronze.a ORDER BY v + 1 LIMIT 2",
                        "1:46: column \"v\" is not in any table of FROM; what SELECT calls so is not known here: write its expression again"),
                // approximations
                arguments(
                        "SELECT id, APPROX_QUANTILE(name, 0.5) AS v FROM bronze.a GROUP BY id",
                        "1:12: Cannot apply 'APPROX_QUANTILE' to arguments of type 'APPROX_QUANTILE(<VARCHAR>)'. Supported form(s): APPROX_QUANTILE(int), APPROX_QUANTILE(bigint), APPROX_QUANTILE(decimal), APPROX_QUANTILE(double)"),
                arguments(
                        "SELECT id, APPROX_QUANTILE(n) AS v FROM bronze.a GROUP BY id",
                        "1:12: APPROX_QUANTILE takes a number and a fraction: APPROX_QUANTILE(x, 0.9)"),
                arguments(
                        "SELECT id, APPROX_COUNT_DISTINCT(n) OVER () AS v FROM bronze.a",
                        "1:12: APPROX_COUNT_DISTINCT OVER is not maintained; the window functions are ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD, FIRST_VALUE, LAST_VALUE, COUNT, SUM, AVG, MIN, MAX, STDDEV, VARIANCE, BOOL_AND and BOOL_OR"),
                // joins
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a NATURAL JOIN bronze.b b",
                        "1:42: NATURAL JOIN is not maintained: a new column would change the query; name the columns behind ON"),
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a, LATERAL (SELECT v FROM bronze.b b WHERE b.a_id = a.id) b",
                        "1:44: LATERAL is not maintained; write a join with the condition behind ON, of the first rows of each with QUALIFY ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1"),
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a JOIN bronze.b FOR SYSTEM_TIME AS OF a.t b ON b.a_id = a.id",
                        "1:39: bronze.b keeps no versions: its primary key has no date or timestamp, and FOR SYSTEM_TIME AS OF needs one, from which on a row is valid; join the current rows, or a product whose key holds that time"),
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a RIGHT JOIN bronze.b FOR SYSTEM_TIME AS OF a.t b ON b.a_id = a.id",
                        "1:40: a temporal join is a JOIN or a LEFT JOIN; each row of the left side looks for its version"),
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a JOIN bronze.b FOR SYSTEM_TIME AS OF TIMESTAMP '2026-01-01 00:00:00' b ON b.a_id = a.id",
                        "1:70: FOR SYSTEM_TIME AS OF takes a column of the left side; compute it in a subquery there"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a FOR SYSTEM_TIME AS OF t",
                        "1:31: FOR SYSTEM_TIME AS OF stands at the right side of a JOIN whose left side has the time; join the product that keeps the versions"),
                // subqueries in expressions
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a LEFT JOIN bronze.b b ON b.a_id IN (SELECT id FROM bronze.a)",
                        "1:58: a subquery behind ON of an outer join is not maintained; join with the subquery itself, grouped by its key"),
                arguments(
                        "SELECT a.id, b.v FROM bronze.a a LEFT JOIN bronze.b b ON b.a_id = a.id AND a.t > CURRENT_TIMESTAMP - INTERVAL '1' DAY",
                        "1:76: a comparison with the current time is not maintained here, where it decides whether an outer row has a partner; compare in a subquery that is joined"),
                // functions
                arguments(
                        "SELECT id, CAST(EXTRACT(DAY FROM CURRENT_DATE) AS INTEGER) AS v FROM bronze.a",
                        "1:12: the current time changes without any input changing, so it is maintained only where it is compared: write column > CURRENT_TIMESTAMP - INTERVAL '30' DAY, or use a timestamp column of the row"),
                arguments(
                        "SELECT n AS id, COVAR_POP(n, n) AS v FROM bronze.a GROUP BY n",
                        "1:17: COVAR_POP is not maintained; there are COUNT, SUM, AVG, MIN, MAX, STDDEV, VARIANCE, BOOL_AND, BOOL_OR, ARG_MIN, ARG_MAX, STRING_AGG, ARRAY_AGG, PERCENTILE_CONT and _DISC, APPROX_COUNT_DISTINCT and APPROX_QUANTILE, each with FILTER (WHERE ...)"),
                arguments(
                        "SELECT id, NTILE(2) OVER (ORDER BY id) AS v FROM bronze.a",
                        "1:12: NTILE OVER is not maintained; the window functions are ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD, FIRST_VALUE, LAST_VALUE, COUNT, SUM, AVG, MIN, MAX, STDDEV, VARIANCE, BOOL_AND and BOOL_OR"),
                arguments(
                        "SELECT id, SUM(n) OVER (PARTITION BY name ROWS 2 PRECEDING) AS v FROM bronze.a",
                        "1:12: ROWS without ORDER BY takes the rows as it likes; write ORDER BY, or leave ROWS out"),
                arguments(
                        "SELECT id, n AS v FROM (SELECT id, n, ROW_NUMBER() OVER (PARTITION BY name) AS r FROM bronze.a) x WHERE r = 1",
                        "1:39: ROW_NUMBER() without ORDER BY takes the rows as it likes; write ORDER BY the column that says which is first"),
                arguments(
                        "SELECT id, ROW_NUMBER() OVER w AS v FROM bronze.a WINDOW w AS (PARTITION BY name)",
                        "1:12: ROW_NUMBER() without ORDER BY takes the rows as it likes; write ORDER BY the column that says which is first"),
                arguments(
                        "SELECT id, SUM(n) OVER (w ROWS 1 PRECEDING) AS v FROM bronze.a WINDOW w AS (PARTITION BY name)",
                        "1:12: ROWS without ORDER BY takes the rows as it likes; write ORDER BY, or leave ROWS out"),
                arguments(
                        "SELECT id, SUM(n) OVER (ORDER BY id GROUPS 1 PRECEDING) AS v FROM bronze.a",
                        "1:37: frames of GROUPS are not maintained; write ROWS, or RANGE with a number or an interval"),
                arguments(
                        "SELECT id, CAST(SUM(n) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING EXCLUDE CURRENT ROW) AS INTEGER) AS v FROM bronze.a",
                        "1:17: EXCLUDE in a window's frame is not maintained; leave it out, and take the current row's value off the result"),
                arguments(
                        "SELECT n AS id, ANY_VALUE(n) AS v FROM bronze.a GROUP BY n",
                        "1:17: ANY_VALUE takes a row by chance, so its result cannot be maintained; write MIN or MAX"),
                arguments(
                        "SELECT n AS id, MEDIAN(n) AS v FROM bronze.a GROUP BY n",
                        "1:17: there is no function median here; write PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY x)"),
                arguments(
                        "SELECT n AS id, MODE() WITHIN GROUP (ORDER BY name) AS v FROM bronze.a GROUP BY n",
                        "1:17: MODE is not maintained; count the values with GROUP BY, and keep the first with QUALIFY ROW_NUMBER() OVER (... ORDER BY n DESC, value) = 1"),
                arguments(
                        "SELECT id, LAG(n) IGNORE NULLS OVER (ORDER BY id) AS v FROM bronze.a",
                        "1:19: IGNORE NULLS is not maintained, as in PostgreSQL; COUNT(x) OVER (ORDER BY ...) is the same from one value to the next: FIRST_VALUE(x) OVER (PARTITION BY that count ORDER BY ...) in a query around it"),
                arguments(
                        "SELECT id, ARRAY[ARRAY[1, 2], ARRAY[3]] AS v FROM bronze.a",
                        "1:12: there are no arrays of INTEGER[]; gather records that hold them: ARRAY[ROW(x)]"),
                arguments("SELECT id, n::intt AS v FROM bronze.a", "1:15: there is no type intt"),
                arguments(
                        "SELECT id, d::decimal AS v FROM bronze.a",
                        "1:15: DECIMAL without digits is not maintained; say how many: DECIMAL(12, 2)"),
                arguments(
                        "SELECT id, CAST(d AS DECIMAL) AS v FROM bronze.a",
                        "1:22: DECIMAL without digits is not maintained; say how many: DECIMAL(12, 2)"),
                // mistakes
                arguments(
                        "SELECT id, nn AS v FROM bronze.a",
                        "1:12: column \"nn\" is not in any table of FROM (did you mean \"n\"?)"),
                arguments(
                        "SELECT x.id, x.nme AS v FROM bronze.a x",
                        "1:16: column \"nme\" is not in x (did you mean \"name\"?)"),
                arguments(
                        "SELECT id, n AS v FROM bronze.aa",
                        "1:24: there is no product \"bronze.aa\" (did you mean \"bronze.a\"?)"),
                arguments(
                        "SELECT id, LOWR(name) AS v FROM bronze.a",
                        "1:12: there is no function lowr (did you mean \"LOWER\"?)"),
                arguments(
                        "SELECT id, n AS v FROM bronze.a WHERE",
                        "1:33: \"WHERE\" is not expected here; a name that is also a word of SQL is written in double quotes: \"where\""),
                arguments(
                        "SELECT a.id, v FROM bronze.a a JOIN bronze.b b ON b.a_id = id",
                        "1:60: column \"id\" is in more than one table; write the table before it"),
                arguments(
                        "SELECT id, MAX(n) AS v FROM bronze.a",
                        "1:8: id is neither in GROUP BY nor inside an aggregate; add it to GROUP BY"),
                // the contract
                arguments(
                        "SELECT id, n AS value FROM bronze.a",
                        "1:12: column \"value\" is not in the contract of silver.result; there is: id, v"),
                arguments(
                        "SELECT id, n + 1 FROM bronze.a",
                        "1:12: this column has no name; write AS and one of the contract's columns"),
                arguments(
                        "SELECT id, name AS v FROM bronze.a",
                        "1:12: column \"v\" is VARCHAR, but the contract says INTEGER; write CAST(... AS INTEGER), or change the contract"),
                arguments(
                        "SELECT id, COUNT(*) AS v FROM bronze.a GROUP BY id",
                        "1:12: column \"v\" is BIGINT, but the contract says INTEGER; write CAST(... AS INTEGER), or change the contract"));
    }

    @ParameterizedTest
    @MethodSource
    void refused(String sql, String message) {
        assertThatThrownBy(() -> TestDomain.plan(sql, PRODUCTS))
                .isInstanceOf(ProblemsException.class)
                .satisfies(thrown -> assertThat(
                                ((ProblemsException) thrown).problems().getFirst())
                        .hasToString("silver/result.sql:" + message));
    }

    @Test
    void shouldRefuseAKeyThatDoesNotTellTheRowsApart() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT a_id AS x, v, COUNT(*) AS n FROM bronze.b WHERE a_id > 0 GROUP BY a_id, v",
                        "bronze.b id bigint key, a_id bigint, v integer",
                        "silver.result x bigint key, v integer null, n bigint"))
                .hasMessage(
                        "silver/result.sql:1:1: the query can give several rows for one key of silver.result: its rows are told apart by (x, v), and the contract's primary key is (x); group by the key, or put the other columns into it");
    }

    @Test
    void shouldRefuseEventsThatCouldBeTakenBack() {
        assertThatThrownBy(() -> TestDomain.plan(
                        "SELECT k, MAX(v) AS v FROM bronze.e GROUP BY k",
                        "bronze.e:events id bigint key, k bigint, v integer",
                        "silver.result:events k bigint key, v integer"))
                .hasMessage(
                        "silver/result.sql:1:1: silver.result is of kind events, whose rows are only added, but a row of this query can change or go (group); say kind: table in its contract, or select from events without grouping them");
    }

    @Test
    void shouldTellEveryColumnThatDoesNotFit() {
        assertThatThrownBy(() -> TestDomain.plan("SELECT name AS v, n AS w FROM bronze.a", PRODUCTS))
                .hasMessage("""
                        silver/result.sql:1:19: column "w" is not in the contract of silver.result; there is: id, v
                        silver/result.sql: the contract of silver.result has a column "id" that the query does not give; add it to the SELECT, or take it out of the contract
                        silver/result.sql:1:8: column "v" is VARCHAR, but the contract says INTEGER; write CAST(... AS INTEGER), or change the contract""");
    }
}
