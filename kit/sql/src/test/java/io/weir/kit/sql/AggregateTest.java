package io.weir.kit.sql;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every aggregate, over random histories, equals what DuckDB says of the final tables. */
class AggregateTest extends AgainstDuckDb {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "rollup ~ SELECT k, s, GROUPING(k, s) AS g, COUNT(*) AS n, SUM(k) AS t FROM bronze.a GROUP BY ROLLUP(k, s) ~ k integer null, s varchar null, g bigint, n bigint, t bigint null",
                "cube ~ SELECT q, k, GROUPING(q) AS g, GROUPING(k) AS h, MAX(s) AS m FROM bronze.b WHERE id > 1 GROUP BY CUBE(q, k) ~ q integer null, k integer null, g bigint, h bigint, m varchar null",
                "grouping sets ~ SELECT q, k, GROUPING(q, k) AS g, COUNT(DISTINCT s) AS n FROM bronze.b GROUP BY GROUPING SETS ((q, k), (q), (k)) ~ q integer null, k integer null, g bigint, n bigint",
                "rollup with a key ~ SELECT COALESCE(q, -1) AS q, COUNT(*) AS n FROM bronze.b GROUP BY ROLLUP(q) ~ q integer key, n bigint",
                "rollup having ~ SELECT k, COUNT(*) AS n FROM bronze.a GROUP BY ROLLUP(k) HAVING COUNT(*) > 2 ~ k integer null, n bigint",
                "part of a rollup ~ SELECT q, k, COUNT(*) AS n FROM bronze.b GROUP BY q, ROLLUP(k) ~ q integer null, k integer null, n bigint",
                "variance ~ SELECT q, CAST(VAR_POP(k) AS DOUBLE) AS a, CAST(VAR_SAMP(a_id) AS DOUBLE) AS b, CAST(VARIANCE(k) AS DOUBLE) AS c FROM bronze.b GROUP BY q ~ q integer key, a double null, b double null, c double null",
                "variance of one row ~ SELECT id, CAST(VAR_SAMP(q) AS DOUBLE) AS a, CAST(VARIANCE(q) AS DOUBLE) AS b, CAST(STDDEV(q) AS DOUBLE) AS c FROM bronze.b GROUP BY id ~ id integer key, a double null, b double null, c double null",
                "stddev ~ SELECT 1 AS one, STDDEV(f) AS a, STDDEV_POP(f) AS b, CAST(STDDEV_SAMP(d) AS DOUBLE) AS c FROM bronze.a ~ one integer key, a double null, b double null, c double null",
                "stddev of distinct ~ SELECT 1 AS one, CAST(STDDEV_POP(DISTINCT k) AS DOUBLE) AS a FROM bronze.a ~ one integer key, a double null",
                "bool_and, bool_or, every ~ SELECT COALESCE(k, -1) AS k, BOOL_AND(b) AS a, BOOL_OR(b) AS o, BOOL_OR(n > 2) AS e FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a boolean null, o boolean null, e boolean null",
                "arg_min, arg_max ~ SELECT COALESCE(k, -1) AS k, ARG_MIN(s, id) AS a, ARG_MAX(n, id) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a varchar null, b bigint null",
                "min_by, max_by ~ SELECT COALESCE(k, -1) AS k, MIN_BY(s, id) AS a, MAX_BY(n, id) FILTER (WHERE b) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a varchar null, b bigint null",
                "string_agg ~ SELECT COALESCE(k, -1) AS k, STRING_AGG(s, ', ' ORDER BY s) AS a, STRING_AGG(s, '-' ORDER BY n DESC, id) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a varchar null, b varchar null",
                "string_agg distinct ~ SELECT q, STRING_AGG(DISTINCT s, '|' ORDER BY s DESC) AS a FROM bronze.b GROUP BY q ~ q integer key, a varchar null",
                "string_agg of all ~ SELECT 1 AS one, STRING_AGG(s, '' ORDER BY s) FILTER (WHERE k > 1) AS a FROM bronze.a ~ one integer key, a varchar null",
                "percentile_cont ~ SELECT COALESCE(k, -1) AS k, PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY f) AS a, PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY f DESC) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a double null, b double null",
                "percentile_disc ~ SELECT 1 AS one, PERCENTILE_DISC(0.25) WITHIN GROUP (ORDER BY n) AS a, PERCENTILE_DISC(0.5) WITHIN GROUP (ORDER BY k) AS b, PERCENTILE_DISC(1) WITHIN GROUP (ORDER BY d) AS c FROM bronze.a ~ one integer key, a bigint null, b integer null, c decimal(8,2) null",
                "percentile of none ~ SELECT 1 AS one, PERCENTILE_DISC(0.4) WITHIN GROUP (ORDER BY id) AS a, PERCENTILE_CONT(0.4) WITHIN GROUP (ORDER BY CAST(id AS DOUBLE)) AS b FROM bronze.a WHERE k = 3 AND s = 'B' ~ one integer key, a bigint null, b double null",
                "percentile of some ~ SELECT COALESCE(k, -1) AS k, PERCENTILE_DISC(0.4) WITHIN GROUP (ORDER BY n DESC) FILTER (WHERE b) AS a, PERCENTILE_CONT(0.4) WITHIN GROUP (ORDER BY f) FILTER (WHERE n > 1) AS b FROM bronze.a GROUP BY COALESCE(k, -1) ~ k integer key, a bigint null, b double null",
                "string_agg of some ~ SELECT q, STRING_AGG(DISTINCT s, '|' ORDER BY s DESC) FILTER (WHERE k > 1) AS a, STRING_AGG(s, '|' ORDER BY k, s, id) FILTER (WHERE k > 1) AS b FROM bronze.b GROUP BY q ~ q integer key, a varchar null, b varchar null",
                "distinct ~ SELECT DISTINCT COALESCE(s, '-') AS s, COALESCE(k, -1) AS k FROM bronze.a ~ s varchar key, k integer key",
                "distinct of a join ~ SELECT DISTINCT a.id AS id FROM bronze.a a JOIN bronze.b b ON b.k = a.k ~ id bigint key",
                "having ~ SELECT q, COUNT(*) AS n FROM bronze.b GROUP BY q HAVING COUNT(*) > 1 AND MAX(k) > 1 ~ q integer key, n bigint",
                "filter ~ SELECT q, SUM(a_id) FILTER (WHERE k > 1) AS n FROM bronze.b GROUP BY q ~ q integer key, n decimal(38,0) null",
                "count distinct ~ SELECT q, COUNT(DISTINCT s) AS n, COUNT(DISTINCT k) FILTER (WHERE s <> 'a') AS m FROM bronze.b GROUP BY q ~ q integer key, n bigint, m bigint",
                "sum and avg distinct ~ SELECT q, SUM(DISTINCT a_id) AS n, CAST(AVG(DISTINCT k) AS DOUBLE) AS m FROM bronze.b GROUP BY q ~ q integer key, n decimal(38,0) null, m double null",
                "global ~ SELECT 1 AS one, COUNT(*) AS n, SUM(n) AS s, MAX(s) AS m, COUNT(DISTINCT k) AS d FROM bronze.a ~ one integer key, n bigint, s decimal(38,0) null, m varchar null, d bigint",
                "global of few ~ SELECT 'x' AS one, COUNT(*) AS n FROM bronze.a WHERE k = 3 AND s = 'B' ~ one varchar key, n bigint",
                "global having ~ SELECT 'x' AS one, COUNT(*) AS n FROM bronze.a HAVING COUNT(*) > 4 ~ one varchar key, n bigint",
                "global of groups ~ SELECT 1 AS one, SUM(n) AS n, MAX(n) AS m FROM (SELECT k, COUNT(*) AS n FROM bronze.a GROUP BY k) x ~ one integer key, n decimal(38,0) null, m bigint null",
                "global keyed by its value ~ SELECT COUNT(*) AS n FROM bronze.a ~ n bigint key",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }
}
