package io.weir.kit.sql;

import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records and maps in expressions, groups, joins and windows, over random histories. */
class RecordTest extends AgainstDuckDb {

    private static final String RECORD = "row(x:integer;y:varchar)";

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "fields without their table ~ SELECT id, r.x AS x, (r).y AS y FROM bronze.e WHERE r.y <> 'a' ~ id bigint key, x integer null, y varchar null",
                "grouped by a field ~ SELECT COALESCE(r.x, -1) AS x, COUNT(*) AS n, MAX((r).y) AS m FROM bronze.e GROUP BY COALESCE(r.x, -1) HAVING MAX(r.y) > 'a' ~ x integer key, n bigint, m varchar null",
                "joined by a field ~ SELECT e.id, m.s FROM bronze.e JOIN bronze.m ON e.r.x = m.r.x AND (m.r).y = 'a' ~ id bigint null, s varchar null",
                "field of a renamed record ~ SELECT id, q.x AS x FROM (SELECT id, r AS q FROM bronze.e) z ~ id bigint key, x integer null",
                "correlated by a field ~ SELECT id, (SELECT COUNT(*) FROM bronze.m WHERE m.r.x = e.r.x) AS n FROM bronze.e ~ id bigint key, n bigint null",
                "compared ~ SELECT a.id, b.id AS other, a.r = b.r AS e, a.r <> b.r AS n, a.r < b.r AS l, a.r >= b.r AS m, a.r IS DISTINCT FROM b.r AS d, a.r IS NOT DISTINCT FROM b.r AS s FROM bronze.e a CROSS JOIN bronze.e b ~ id bigint key, other bigint key, e boolean null, n boolean null, l boolean null, m boolean null, d boolean null, s boolean null",
                "compared with a row ~ SELECT id, r = ROW(1, 'a') AS e, r IS DISTINCT FROM ROW(1, 'b') AS d, r IS NULL AS n FROM bronze.e ~ id bigint key, e boolean null, d boolean null, n boolean null",
                "joined ~ SELECT a.id, b.id AS other FROM bronze.e a JOIN bronze.e b ON a.r = b.r ~ id bigint key, other bigint key",
                "joined where not distinct ~ SELECT a.id, b.id AS other FROM bronze.e a LEFT JOIN bronze.e b ON a.r IS NOT DISTINCT FROM b.r ~ id bigint null, other bigint null",
                "joined where unequal ~ SELECT a.id, b.id AS other FROM bronze.e a LEFT JOIN bronze.e b ON a.k = b.k AND a.r <> b.r ~ id bigint null, other bigint null",
                "looked for ~ SELECT id FROM bronze.e WHERE EXISTS (SELECT 1 FROM bronze.m WHERE m.r = e.r) ~ id bigint key",
                "distinct ~ SELECT DISTINCT r AS r, k AS k FROM bronze.e ~ r RECORD null, k integer null",
                "grouped ~ SELECT r, COUNT(*) AS n FROM bronze.e GROUP BY r ~ r RECORD null, n bigint",
                "counted and greatest ~ SELECT COALESCE(k, -1) AS k, COUNT(DISTINCT r) AS n, MAX(r) AS m FROM bronze.e GROUP BY COALESCE(k, -1) ~ k integer key, n bigint, m RECORD null",
                "in a case ~ SELECT id, COALESCE(r, ROW(7, 'z')) AS b, CASE WHEN k > 1 THEN r ELSE ROW(9, 'c') END AS c, NULLIF(r, ROW(1, 'a')) AS f FROM bronze.e ~ id bigint key, b RECORD null, c RECORD null, f RECORD null",
                "of nulls ~ SELECT q, COUNT(DISTINCT ROW(k, s)) AS n, COUNT(ROW(k, s)) AS c FROM bronze.b GROUP BY q ~ q integer key, n bigint, c bigint",
                "in windows ~ SELECT id, ROW_NUMBER() OVER (PARTITION BY r ORDER BY id) AS n, LAG(r) OVER (ORDER BY id) AS l, COUNT(*) OVER (ORDER BY r) AS c FROM bronze.e ~ id bigint key, n bigint, l RECORD null, c bigint",
                "union ~ SELECT r FROM bronze.e UNION SELECT r FROM bronze.m ~ r RECORD null",
                "except all ~ SELECT r FROM bronze.e EXCEPT ALL SELECT r FROM bronze.m ~ r RECORD null",
                "maps ~ SELECT h, COUNT(*) AS n, COUNT(h['a']) AS c FROM bronze.m GROUP BY h ~ h map(integer) null, n bigint, c bigint",
                "maps compared ~ SELECT a.s AS s, a.h = b.h AS e, a.h IS DISTINCT FROM b.h AS f FROM bronze.m a JOIN bronze.m b ON a.h = b.h OR a.h <> b.h ~ s varchar null, e boolean null, f boolean null",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns.replace("RECORD", RECORD));
    }

    /** Rows written out compare field by field, with unknown nulls; the other engine would compare them as records in columns. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "ROW(k, s) = ROW(1, 'a') ~ k = 1 AND s = 'a'",
                "(k, s) <> (1, 'a') ~ k <> 1 OR s <> 'a'",
                "ROW(k, s) IS DISTINCT FROM ROW(1, 'a') ~ k IS DISTINCT FROM 1 OR s IS DISTINCT FROM 'a'",
                "ROW(k, s) IS NOT DISTINCT FROM ROW(1, NULL) ~ k IS NOT DISTINCT FROM 1 AND s IS NULL",
                "(k, s) < (1, 'b') ~ k < 1 OR k = 1 AND s < 'b'",
                "(k, s) >= (1, 'b') ~ k > 1 OR k = 1 AND s >= 'b'",
            })
    void shouldCompareRowsFieldByField(String rows, String fields) throws SQLException {
        String sql = "SELECT id, %s AS a FROM bronze.e";
        check(sql.formatted(rows), sql.formatted(fields), "id bigint key, a boolean null");
    }
}
