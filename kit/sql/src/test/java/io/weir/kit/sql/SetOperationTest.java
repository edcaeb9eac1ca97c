package io.weir.kit.sql;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every set operation, over random histories, equals what DuckDB says of the final tables. */
class SetOperationTest extends AgainstDuckDb {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "rows as keys ~ SELECT k, s FROM bronze.a ~ k integer null, s varchar null",
                "rows as keys of rows as keys ~ SELECT s, b FROM bronze.m WHERE k > 0 ~ s varchar null, b boolean null",
                "join of rows as keys ~ SELECT m.s AS s, b.s AS t FROM bronze.m m JOIN bronze.b b ON b.k = m.k ~ s varchar null, t varchar null",
                "groups of rows as keys ~ SELECT k, COUNT(*) AS n, COUNT(DISTINCT s) AS m FROM bronze.m WHERE k IS NOT NULL GROUP BY k ~ k integer key, n bigint, m bigint",
                "table of events ~ SELECT id, s FROM bronze.e WHERE k > 1 ~ id bigint key, s varchar null",
                "groups of events ~ SELECT k, SUM(d) AS d, MIN(s) AS s FROM bronze.e WHERE k IS NOT NULL GROUP BY k ~ k integer key, d decimal(38,2) null, s varchar null",
                "events and tables ~ SELECT e.id, a.s FROM bronze.e e LEFT JOIN bronze.a a ON a.id = e.k ~ id bigint key, s varchar null",
                "except of rows as keys ~ SELECT k, s FROM bronze.m EXCEPT ALL SELECT k, s FROM bronze.e ~ k integer null, s varchar null",
                "union all ~ SELECT 'a' AS src, id, k FROM bronze.a UNION ALL SELECT 'b', id, k FROM bronze.b ~ src varchar key, id bigint key, k integer null",
                "union all of three ~ SELECT 1 AS src, id, s FROM bronze.a UNION ALL SELECT 2, id, s FROM bronze.b UNION ALL SELECT 3, y, x FROM bronze.c WHERE x = 'a' ~ src integer key, id bigint key, s varchar null",
                "union all, grouped ~ SELECT k, COUNT(*) AS n FROM (SELECT k FROM bronze.a UNION ALL SELECT k FROM bronze.b UNION ALL SELECT 3 FROM bronze.c) x WHERE k IS NOT NULL GROUP BY k ~ k integer key, n bigint",
                "union ~ SELECT COALESCE(k, -1) AS k FROM bronze.a UNION SELECT q FROM bronze.b ~ k integer key",
                "union of wider types ~ SELECT COALESCE(n, -1) AS n FROM bronze.a UNION SELECT q FROM bronze.b ~ n bigint key",
                "union of keys ~ SELECT id FROM bronze.a UNION SELECT id FROM bronze.b ~ id bigint key",
                "intersect ~ SELECT id FROM bronze.a INTERSECT SELECT id FROM bronze.b ~ id bigint key",
                "intersect of many ~ SELECT COALESCE(k, 9) AS k FROM bronze.a INTERSECT SELECT q FROM bronze.b INTERSECT SELECT y FROM bronze.c ~ k integer key",
                "intersect all ~ SELECT k, COUNT(*) AS n FROM (SELECT COALESCE(k, 9) AS k FROM bronze.a INTERSECT ALL SELECT q FROM bronze.b) x GROUP BY k ~ k integer key, n bigint",
                "except ~ SELECT id FROM bronze.a EXCEPT SELECT id FROM bronze.b ~ id bigint key",
                "except with nulls ~ SELECT COALESCE(k, -7) AS k FROM (SELECT k FROM bronze.a EXCEPT SELECT k FROM bronze.b) x ~ k integer key",
                "except all ~ SELECT k, COUNT(*) AS n FROM (SELECT COALESCE(k, 9) AS k FROM bronze.a EXCEPT ALL SELECT q FROM bronze.b) x GROUP BY k ~ k integer key, n bigint",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }
}
