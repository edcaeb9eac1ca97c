package io.weir.kit.sql;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every window function and frame, and the first rows, over random histories, equals what DuckDB says of the final tables. */
class WindowTest extends AgainstDuckDb {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "row number ~ ROW_NUMBER() OVER (PARTITION BY y ORDER BY v DESC, x) ~ bigint",
                "rank ~ RANK() OVER (PARTITION BY y ORDER BY v) ~ bigint",
                "dense rank ~ DENSE_RANK() OVER (PARTITION BY y ORDER BY v DESC NULLS LAST) ~ bigint",
                "rank over all rows ~ RANK() OVER (ORDER BY v) ~ bigint",
                "lag ~ LAG(d) OVER (PARTITION BY y ORDER BY v, x) ~ decimal(6,1) null",
                "lag by two with a default ~ LAG(v, 2, -1) OVER (PARTITION BY y ORDER BY d, x) ~ bigint null",
                "lead ~ LEAD(x) OVER (PARTITION BY y ORDER BY v, x) ~ varchar null",
                "lead with a default column ~ LEAD(x, 3, x || '!') OVER (ORDER BY v, x, y) ~ varchar null",
                "first value ~ FIRST_VALUE(x) OVER (PARTITION BY y ORDER BY v, x) ~ varchar null",
                "last value ~ LAST_VALUE(x) OVER (PARTITION BY y ORDER BY v, x) ~ varchar null",
                "last value of all ~ LAST_VALUE(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) ~ bigint null",
                "first value of a frame ~ FIRST_VALUE(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) ~ bigint null",
                "first value of a frame ahead ~ FIRST_VALUE(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING) ~ bigint null",
                "first value up to a row before ~ FIRST_VALUE(x) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN UNBOUNDED PRECEDING AND 2 PRECEDING) ~ varchar null",
                "last value up to a row before ~ LAST_VALUE(x) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ~ varchar null",
                "last value from a row on ~ LAST_VALUE(x) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 2 FOLLOWING AND UNBOUNDED FOLLOWING) ~ varchar null",
                "sum so far ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x) ~ decimal(38,0) null",
                "sum so far with peers ~ SUM(d) OVER (PARTITION BY y ORDER BY v) ~ decimal(38,1) null",
                "count so far with peers, descending ~ COUNT(*) OVER (PARTITION BY y ORDER BY v DESC) ~ bigint",
                "average so far ~ CAST(AVG(v) OVER (ORDER BY x, y) AS DECIMAL(12, 6)) ~ decimal(12,6) null",
                "minimum so far ~ MIN(v) OVER (PARTITION BY y ORDER BY d DESC, x) ~ bigint null",
                "maximum so far ~ MAX(x) OVER (PARTITION BY y ORDER BY v, d) ~ varchar null",
                "sum of all ~ SUM(v) OVER (PARTITION BY y) ~ decimal(38,0) null",
                "maximum of all ~ MAX(v) OVER (PARTITION BY y) ~ bigint null",
                "count of all rows ~ COUNT(v) OVER () ~ bigint",
                "sum of a frame of rows ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) ~ decimal(38,0) null",
                "sum of rows before ~ SUM(d) OVER (PARTITION BY y ORDER BY v, x ROWS BETWEEN 3 PRECEDING AND 1 PRECEDING) ~ decimal(38,1) null",
                "minimum of a frame of rows ~ MIN(v) OVER (PARTITION BY y ORDER BY d, x ROWS 2 PRECEDING) ~ bigint null",
                "maximum of rows ahead ~ MAX(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) ~ bigint null",
                "sum of rows so far ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x ROWS UNBOUNDED PRECEDING) ~ decimal(38,0) null",
                "sum up to a row before ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ~ decimal(38,0) null",
                "sum up to a row ahead ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN UNBOUNDED PRECEDING AND 2 FOLLOWING) ~ decimal(38,0) null",
                "sum from here on ~ SUM(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) ~ decimal(38,0) null",
                "count from here on with peers ~ COUNT(*) OVER (PARTITION BY y ORDER BY v RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) ~ bigint",
                "minimum from a row before on ~ MIN(v) OVER (PARTITION BY y ORDER BY d, x ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING) ~ bigint null",
                "sum of a range ~ SUM(v) OVER (PARTITION BY y ORDER BY d RANGE BETWEEN 5.5 PRECEDING AND 2 FOLLOWING) ~ decimal(38,0) null",
                "count of a range of integers ~ COUNT(*) OVER (PARTITION BY y ORDER BY v RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) ~ bigint",
                "count of a range, descending ~ COUNT(*) OVER (PARTITION BY y ORDER BY v DESC RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) ~ bigint",
                "maximum of a range before ~ MAX(d) OVER (ORDER BY v RANGE BETWEEN 3 PRECEDING AND 1 PRECEDING) ~ decimal(6,1) null",
                "sum of a range from the start ~ SUM(d) OVER (PARTITION BY y ORDER BY v RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) ~ decimal(38,1) null",
                "sum of a range to the end ~ SUM(d) OVER (PARTITION BY y ORDER BY v RANGE BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) ~ decimal(38,1) null",
                "first value of a range ~ FIRST_VALUE(v) OVER (PARTITION BY y ORDER BY v RANGE BETWEEN 2 PRECEDING AND CURRENT ROW) ~ bigint null",
                "sum with a filter ~ SUM(v) FILTER (WHERE d > 10) OVER (PARTITION BY y ORDER BY d, x) ~ decimal(38,0) null",
                "in an expression ~ v - LAG(v, 1, v) OVER (PARTITION BY y ORDER BY d, x) ~ bigint null",
                "several frames ~ COUNT(*) OVER (PARTITION BY y ORDER BY d, x ROWS 1 PRECEDING) + ROW_NUMBER() OVER (PARTITION BY y ORDER BY d, x) ~ bigint",
                "several windows ~ ROW_NUMBER() OVER (PARTITION BY y ORDER BY d, x) * 100 + RANK() OVER (PARTITION BY x ORDER BY v) ~ bigint",
            })
    void shouldEqualItsQuery(String name, String call, String type) throws SQLException {
        check(
                "SELECT x AS i, y AS j, %s AS w FROM bronze.c".formatted(call),
                "i varchar key, j integer key, w " + type);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "range of time ~ SELECT id AS i, COUNT(*) OVER (ORDER BY t RANGE BETWEEN INTERVAL '12' HOUR PRECEDING AND CURRENT ROW) AS w FROM bronze.a ~ i bigint key, w bigint",
                "range of months ~ SELECT id AS i, SUM(n) OVER (ORDER BY t RANGE BETWEEN INTERVAL '1' MONTH PRECEDING AND INTERVAL '1' DAY FOLLOWING) AS w FROM bronze.a ~ i bigint key, w decimal(38,0) null",
                "of floating-point numbers ~ SELECT id AS i, SUM(f) OVER (ORDER BY f RANGE BETWEEN 0.5 PRECEDING AND 0.5 FOLLOWING) AS w FROM bronze.a ~ i bigint key, w double null",
                "first rows ~ SELECT x AS i, y AS j, v AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z WHERE n <= 3 ~ i varchar key, j integer key, w bigint null",
                "first rows with their number ~ SELECT y AS i, n AS j, x AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z WHERE n < 4 ~ i integer key, j bigint key, w varchar",
                "first ranks ~ SELECT x AS i, y AS j, n AS w FROM (SELECT *, RANK() OVER (PARTITION BY y ORDER BY v) AS n FROM bronze.c) z WHERE n <= 2 ~ i varchar key, j integer key, w bigint",
                "first dense ranks ~ SELECT x AS i, y AS j, n AS w FROM (SELECT *, DENSE_RANK() OVER (ORDER BY v DESC) AS n FROM bronze.c) z WHERE 2 >= n ~ i varchar key, j integer key, w bigint",
                "the second row ~ SELECT y AS i, x AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z WHERE n = 2 ~ i integer key, w varchar",
                "rows in between ~ SELECT y AS i, n AS j, x AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z WHERE n BETWEEN 2 AND 3 AND v > 0 ~ i integer key, j bigint key, w varchar",
                "all but the first ~ SELECT y AS i, n AS j, x AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z WHERE n > 1 ~ i integer key, j bigint key, w varchar",
                "first row beside another window ~ SELECT y AS i, m AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n, COUNT(*) OVER (PARTITION BY y) AS m FROM bronze.c) z WHERE n = 1 ~ i integer key, w bigint",
                "qualify ~ SELECT y AS i, x AS w FROM bronze.c QUALIFY ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) = 1 ~ i integer key, w varchar",
                "named window ~ SELECT x AS i, y AS j, SUM(v) OVER w AS s, LAG(v) OVER w AS l FROM bronze.c WINDOW w AS (PARTITION BY y ORDER BY d, x) ~ i varchar key, j integer key, s decimal(38,0) null, l bigint null",
                "window of a window ~ SELECT x AS i, y AS j, SUM(n) OVER (PARTITION BY x ORDER BY y) AS w FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z ~ i varchar key, j integer key, w decimal(38,0) null",
                "window of a group ~ SELECT y AS i, SUM(v) AS s, RANK() OVER (ORDER BY SUM(v) DESC) AS w FROM bronze.c GROUP BY y ~ i integer key, s decimal(38,0) null, w bigint",
                "group of a window ~ SELECT n AS i, COUNT(*) AS w, SUM(v) AS s FROM (SELECT v, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z GROUP BY n ~ i bigint key, w bigint, s decimal(38,0) null",
                "window over a join ~ SELECT a.id AS i, b.id AS j, ROW_NUMBER() OVER (PARTITION BY a.k ORDER BY b.q, b.id, a.id) AS w FROM bronze.a a JOIN bronze.b b ON a.s = b.s ~ i bigint key, j integer key, w bigint",
                "join of a window ~ SELECT a.id AS i, z.n AS j, z.x AS w FROM bronze.a a JOIN (SELECT *, ROW_NUMBER() OVER (PARTITION BY y ORDER BY v, x) AS n FROM bronze.c) z ON z.y = a.k WHERE z.n <= 2 ~ i bigint key, j bigint key, w varchar",
                "condition beside a window that is not given ~ SELECT COALESCE(z.k, -1) AS i, COUNT(*) AS w FROM (SELECT *, BOOL_OR(s IS NULL) OVER (PARTITION BY n ORDER BY id) AS x FROM bronze.a) z WHERE (z.n = 0 AND z.x IS NULL) OR z.f >= 0.5 GROUP BY COALESCE(z.k, -1) ~ i integer key, w bigint",
                "condition above a window that nobody reads ~ SELECT id AS i FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY id) AS x FROM bronze.a) z WHERE z.f >= 0.5 ~ i bigint key",
                "condition above a condition on a window ~ SELECT i FROM (SELECT id AS i, n FROM (SELECT *, RANK() OVER (ORDER BY id) AS x FROM bronze.a) z WHERE z.x IS NOT NULL AND z.f >= 0.5) y WHERE n > 1 ~ i bigint key",
                "limit ~ SELECT x AS i, y AS j, v AS w FROM bronze.c ORDER BY v DESC, x, y LIMIT 5 ~ i varchar key, j integer key, w bigint null",
                "limit with offset ~ SELECT x AS i, y AS j, v AS w FROM bronze.c ORDER BY v NULLS FIRST, x, y LIMIT 4 OFFSET 3 ~ i varchar key, j integer key, w bigint null",
                "limit of a group ~ SELECT y AS i, SUM(v) AS w FROM bronze.c GROUP BY y ORDER BY SUM(v) DESC, y LIMIT 2 ~ i integer key, w decimal(38,0) null",
                "limit in a subquery ~ SELECT y AS i, COUNT(*) AS w FROM (SELECT * FROM bronze.c ORDER BY d DESC, x, y FETCH FIRST 6 ROWS ONLY) z GROUP BY y ~ i integer key, w bigint",
                "order by a column that is not given ~ SELECT x AS i, y AS j FROM bronze.c ORDER BY d, x, y LIMIT 3 ~ i varchar key, j integer key",
            })
    void shouldEqualItsWholeQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }
}
