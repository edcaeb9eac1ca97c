package io.weir.kit.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each part of the language has tests, as the README says; and the parts that no other test is about. */
class LanguageTest extends AgainstDuckDb {

    private static final Path TESTS = Path.of("src/test/java/io/weir/kit/sql");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "common table expression ~ WITH x AS (SELECT k, COUNT(*) AS n FROM bronze.a GROUP BY k), y AS (SELECT k, n FROM x WHERE n > 1) SELECT COALESCE(k, -1) AS k, n FROM y ~ k integer key, n bigint",
                "used twice ~ WITH x AS (SELECT k, COUNT(*) AS n FROM bronze.a WHERE k IS NOT NULL GROUP BY k) SELECT a.k AS k, a.n + b.n AS n FROM x a JOIN x b ON b.k = a.k ~ k integer key, n bigint",
                "group by an alias ~ SELECT CASE WHEN n > 2 THEN 'big' ELSE 'small' END AS size, COUNT(*) AS n FROM bronze.a GROUP BY size ~ size varchar key, n bigint",
                "group by a column before an alias ~ SELECT MIN(UPPER(s)) AS k, COUNT(*) AS n FROM bronze.a WHERE k IS NOT NULL GROUP BY k ~ k varchar null, n bigint",
                "group by its number ~ SELECT COALESCE(k, -1) AS k, q, COUNT(*) AS n FROM bronze.b GROUP BY 1, 2 ~ k integer key, q integer key, n bigint",
                "order by an alias ~ SELECT id, -n AS n FROM bronze.a ORDER BY n, id LIMIT 3 ~ id bigint key, n bigint null",
                "order by an alias, descending ~ SELECT id, -n AS n FROM bronze.a ORDER BY n DESC NULLS LAST, id LIMIT 3 ~ id bigint key, n bigint null",
                "order by an aggregate of a column that an alias hides ~ SELECT k, SUM(d) AS d FROM bronze.a WHERE k IS NOT NULL GROUP BY k ORDER BY SUM(d) DESC NULLS LAST, k LIMIT 2 ~ k integer key, d decimal(38,2) null",
                "order by its number ~ SELECT COALESCE(k, -1) AS k, COUNT(*) AS n FROM bronze.a GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 2 ~ k integer key, n bigint",
                "a cast binds first ~ SELECT id, n + d::bigint * 2 AS v, (q - id::integer)::text AS w FROM (SELECT a.id, a.n, a.d, b.q FROM bronze.a a JOIN bronze.b b ON b.id = a.id::integer) x ~ id bigint key, v bigint null, w varchar null",
                "subquery in FROM ~ SELECT k, n * 2 AS n FROM (SELECT COALESCE(k, -1) AS k, SUM(q) AS n FROM bronze.b WHERE s <> 'a' GROUP BY COALESCE(k, -1)) x WHERE n > 1 ~ k integer key, n bigint null",
            })
    void shouldEqualItsQuery(String name, String sql, String columns) throws SQLException {
        check(sql, columns);
    }

    @Test
    void shouldHaveTheTestsThatTheReadmeNames() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md")).stream()
                .dropWhile(line -> !line.equals("## Where the language is proved"))
                .takeWhile(line -> !line.equals("## Tests"))
                .filter(line -> line.startsWith("| ") && !line.startsWith("| part of"))
                .toList();

        assertThat(lines).hasSizeGreaterThan(25);
        for (String line : lines) {
            for (String proof : line.split(" \\| ", 2)[1].split("; ")) {
                List<String> names = CODE.matcher(proof)
                        .results()
                        .map(MatchResult::group)
                        .map(name -> name.replace("`", ""))
                        .toList();
                String source = Files.readString(TESTS.resolve(names.getFirst() + ".java"));
                assertThat(names.stream().skip(1)).as(proof).isNotEmpty().allMatch(name -> Stream.of(
                                "void %s(", "\"%s ~ ", "%s")
                        .limit(names.getFirst().equals("RefusalTest") ? 3 : 2)
                        .anyMatch(form -> source.contains(form.formatted(name))));
            }
        }
    }
}
