package io.weir.kit.modeltest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ModelTestFolder;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.sql.SqlPlanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page about SQL: its queries over its tables give what stands below them, and what it says is refused is refused. */
class DocumentedSqlTest {

    private static final Path PAGE = Path.of("../../docs/sql.md");
    private static final Pattern INPUT = Pattern.compile("\\*\\*(bronze\\.\\w+)\\*\\*\n\n((?:\\|.*\n)+)");
    private static final Pattern QUERY = Pattern.compile("```sql\n((?s:.*?))```\n\n((?:\\|.*\n)+)");
    private static final Pattern REFUSED = Pattern.compile("```sql refused\n((?s:.*?))```\n\n> (.*)");
    private static final Pattern FENCE = Pattern.compile("^```sql", Pattern.MULTILINE);

    @TempDir
    Path folder;

    private String page;
    private final Map<String, Table> inputs = new LinkedHashMap<>();

    /** A table of the page: columns as {@code name type [key] [null]}, and rows. */
    private record Table(List<List<String>> columns, List<List<String>> rows) {
        static Table of(String text) {
            List<List<String>> lines = text.lines().map(Table::cells).toList();
            return new Table(
                    lines.getFirst().stream()
                            .map(column -> Arrays.asList(column.split(" ")))
                            .toList(),
                    lines.subList(2, lines.size()));
        }

        private static List<String> cells(String line) {
            return Arrays.stream(
                            line.strip().substring(1, line.strip().length() - 1).split("\\|", -1))
                    .map(String::strip)
                    .toList();
        }

        String csv(String indent) {
            StringBuilder csv = new StringBuilder(indent)
                    .append(String.join(
                            ", ", columns.stream().map(List::getFirst).toList()))
                    .append('\n');
            rows.forEach(
                    row -> csv.append(indent).append(String.join(", ", row)).append('\n'));
            return csv.toString();
        }

        String contract(String layer, String name, String settings) {
            StringBuilder contract = new StringBuilder("""
                    apiVersion: v3.1.0
                    kind: DataContract
                    id: docs.%2$s
                    version: 1.0.0
                    status: active
                    name: %2$s
                    domain: docs
                    schema:
                      - name: %2$s
                        physicalName: %1$s.docs.%2$s.v1
                        logicalType: object
                        customProperties: [%3$s]
                        properties:
                    """.formatted(layer, name, settings));
            int key = 0;
            for (List<String> column : columns) {
                contract.append("      - {name: %s, physicalType: \"%s\", required: %s%s}\n"
                        .formatted(
                                column.get(0),
                                column.get(1),
                                !column.contains("null"),
                                column.contains("key")
                                        ? ", primaryKey: true, primaryKeyPosition: %d".formatted(++key)
                                        : ""));
            }
            return contract.toString();
        }
    }

    @BeforeEach
    void readTables() throws IOException {
        page = Files.readString(PAGE);
        write(
                "domain.yaml",
                "apiVersion: weir/v1\nkind: Domain\nname: docs\ndescription: The page.\nteam: {name: docs, contact: docs@example.com}\n");
        Matcher input = INPUT.matcher(page);
        while (input.find()) {
            Table table = Table.of(input.group(2));
            String name = input.group(1).substring("bronze.".length());
            inputs.put(name, table);
            write(
                    "contracts/%s.odcs.yaml".formatted(name),
                    table.contract(
                            "bronze",
                            name,
                            name.equals("orders")
                                    ? "{property: eventTime, value: ordered_at}, {property: lateness, value: 1h}"
                                    : ""));
        }
    }

    @Test
    void shouldGiveWhatThePageShows() throws IOException {
        Matcher query = QUERY.matcher(page);
        int examples = 0;
        while (query.find()) {
            Table result = Table.of(query.group(2));
            String name = "example_" + ++examples;
            write("gold/%s.sql".formatted(name), query.group(1));
            write(
                    "contracts/%s.odcs.yaml".formatted(name),
                    result.contract(
                            "gold",
                            name,
                            query.group(1).startsWith("-- emit: closed") ? "{property: emit, value: closed}" : ""));
            write("tests/%s.yaml".formatted(name), test(name, query.group(1), result));
        }

        List<Problem> problems = new ArrayList<>();
        Domain domain = DomainFolder.load(folder, _ -> null);
        List<TestResult> results = ModelTests.run(ModelTestFolder.read(domain, problems), 2);

        assertThat(problems).isEmpty();
        assertThat(results).hasSize(examples).allSatisfy(result -> {
            assertThat(result.problems()).isEmpty();
            assertThat(result.failures()).isEmpty();
        });
        Matcher refused = REFUSED.matcher(page);
        Matcher fences = FENCE.matcher(page);
        assertThat(examples + (int) refused.results().count())
                .as("every block is an example")
                .isEqualTo((int) fences.results().count())
                .isGreaterThan(20);
    }

    private String test(String name, String sql, Table result) {
        StringBuilder test =
                new StringBuilder("unit_tests:\n  - name: %s\n    model: gold.%s\n    given:\n".formatted(name, name));
        inputs.forEach((input, table) -> {
            if (sql.contains(input)) {
                test.append("      - input: bronze.%s\n        rows: |\n%s".formatted(input, table.csv("          ")));
            }
        });
        return test.append("    expect:\n      rows: |\n")
                .append(result.csv("        "))
                .toString();
    }

    @Test
    void shouldRefuseWhatThePageSaysIsRefused() throws IOException {
        Matcher refused = REFUSED.matcher(page);
        while (refused.find()) {
            write("gold/refused.sql", refused.group(1));
            write(
                    "contracts/refused.odcs.yaml",
                    Table.of("| id bigint key | seen_at timestamp null |\n|---|---|\n")
                            .contract("gold", "refused", ""));
            Domain domain = DomainFolder.load(folder, _ -> null);

            assertThatThrownBy(() -> SqlPlanner.plan(domain.models().getFirst(), domain))
                    .isInstanceOf(ProblemsException.class)
                    .hasMessageContaining(refused.group(2));
        }
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }
}
