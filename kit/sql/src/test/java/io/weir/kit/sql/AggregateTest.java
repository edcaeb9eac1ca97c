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
