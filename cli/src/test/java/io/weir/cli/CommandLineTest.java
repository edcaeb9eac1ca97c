package io.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandLineTest {

    private static final Path EXAMPLE = Path.of("..", "examples", "jaffle-shop");

    @TempDir
    Path folder;

    private record Answer(int exitCode, String out, String err) {}

    private static Answer weir(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = Weir.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        int code = line.execute(arguments);
        return new Answer(code, out.toString(), err.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "up",
                "down",
                "status",
                "watch",
                "verify",
                "check",
                "explain",
                "rebuild",
                "apply",
                "quarantine",
                "incidents",
                "verdicts",
                "schema",
                "logs",
                "sql",
                "demo"
            })
    void shouldHelpWithAnExampleAndExitCodes(String command) {
        Answer answer = weir(command, "--help");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out())
                .contains("Usage: weir " + command)
                .contains("Example")
                .contains("Exit codes:")
                .contains("./weir " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lint", "init", "diff", "export"})
    void shouldHelpWithContracts(String command) {
        Answer answer = weir("contract", command, "--help");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out())
                .contains("Usage: weir contract " + command)
                .contains("Exit codes:")
                .contains("./weir contract " + command);
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        Answer answer = weir("statsu");

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("status").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "verify", "demo"})
    void shouldSayThatNothingRuns(String command) {
        Answer answer = weir(command, "--state", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err())
                .contains("No mesh runs from")
                .contains("./weir up")
                .doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"incidents", "verdicts"})
    void shouldSayThatNothingCanBeAskedWhatIsJudged(String command) {
        Answer answer = weir(command, "--output", "json", "--state", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("No mesh runs from");
    }

    @Test
    void shouldTellMistakesBeforeItAsksAnybodyToApply() throws IOException {
        Files.writeString(folder.resolve("domain.yaml"), "apiVersion: weir/v1\nkind: Domian\n");

        Answer mistakes = weir("apply", folder.toString(), "--yes", "--state", folder.toString());
        Answer nobody = weir("apply", "../examples/jaffle-shop", "--yes", "--state", folder.toString());

        assertThat(mistakes.exitCode()).isEqualTo(1);
        assertThat(mistakes.err()).contains("domain.yaml:2:7: ");
        assertThat(nobody.exitCode()).isEqualTo(2);
        assertThat(nobody.err()).contains("No mesh runs from");
    }

    @Test
    void shouldSayThatNoQuarantineCanBeAsked() {
        Answer answer = weir("quarantine", "redrive", "silver.a.b.v1", "--dry-run", "--state", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("No mesh runs from");
    }

    @Test
    void shouldFindNothingToStop() {
        Answer answer = weir("down", "--state", folder.resolve("none").toString());

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out()).contains("Nothing runs");
    }

    @Test
    void shouldSayWhichLogsThereAre() throws IOException {
        Files.createDirectories(folder.resolve("logs"));
        Files.writeString(folder.resolve("logs/kafka.log"), "one\ntwo\nthree\n");

        Answer wrong = weir("logs", "kafak", "--state", folder.toString());
        Answer right = weir("logs", "kafka", "-n", "2", "--state", folder.toString());

        assertThat(wrong.exitCode()).isEqualTo(1);
        assertThat(wrong.err()).contains("There are: kafka");
        assertThat(right.out()).isEqualToNormalizingNewlines("two\nthree\n");
    }

    @Test
    void shouldFindTheExampleValid() {
        Answer answer = weir("check", EXAMPLE.toString());

        assertThat(answer.out()).startsWith("valid: ");
        assertThat(answer.exitCode()).isZero();
    }

    @Test
    void shouldTellEachMistakeByItsPlace() throws IOException {
        copy(EXAMPLE, folder);
        Path model = folder.resolve("silver/customer.sql");
        Files.writeString(model, Files.readString(model).replace("LOWER(TRIM(c.email))", "LOWER(TRIM(c.emial))"));

        Answer text = weir("check", folder.toString());
        Answer json = weir("check", folder.toString(), "--output", "json");

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out())
                .containsPattern("silver/customer\\.sql:\\d+:\\d+: .*emial")
                .contains("1 mistake");
        JsonNode report = parse(json.out());
        assertThat(report.path("valid").asBoolean()).isFalse();
        assertThat(report.path("problems").get(0).path("line").asInt()).isPositive();
    }

    @Test
    void shouldExplainAModel() throws IOException {
        Answer text = weir("explain", "gold.customer_profile", EXAMPLE.toString());
        Answer dot = weir("explain", "gold.customer_profile", EXAMPLE.toString(), "--dot");
        JsonNode json =
                Json.MAPPER.readTree(weir("explain", "gold.customer_profile", EXAMPLE.toString(), "--output", "json")
                        .out());
        Answer wrong = weir("explain", "gold.customers", EXAMPLE.toString());
        Answer file =
                weir("explain", EXAMPLE.resolve("gold/customer_profile.sql").toString());

        assertThat(text.exitCode()).isZero();
        assertThat(text.out())
                .contains("gold.jaffle.customer_profile.v1")
                .contains("key    (customer_id), proved")
                .contains("silver.jaffle.order.v1")
                .contains("keeps  ")
                .contains("when the task commits; within the one partition")
                .contains("silver.order is read 2 times")
                .doesNotContain("$");
        assertThat(file.out()).isEqualTo(text.out());
        assertThat(dot.out()).startsWith("digraph model {").contains("->").endsWith("}\n");
        assertThat(json.path("plan").path("inputs").isEmpty()).isFalse();
        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("There is no model gold.customers. There are: ");
    }

    @Test
    void shouldRunTheModelTestsAndShowWhatDiffers() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.createDirectories(folder.resolve("silver"));
        Files.createDirectories(folder.resolve("tests"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: shop
                team: { name: shop, contact: shop@example.com }
                """);
        for (String product : new String[] {"bronze.shop.orders", "silver.shop.order"}) {
            Files.writeString(folder.resolve("contracts/%s.odcs.yaml".formatted(product)), """
                    apiVersion: v3.1.0
                    kind: DataContract
                    id: %1$s
                    version: 1.0.0
                    status: active
                    schema:
                      - name: order
                        physicalName: %1$s.v1
                        properties: [{ name: id, logicalType: integer, primaryKey: true, required: true }]
                    """.formatted(product));
        }
        Files.writeString(folder.resolve("silver/order.sql"), "SELECT id FROM bronze.orders WHERE id > 1");
        Files.writeString(folder.resolve("tests/order.yaml"), """
                unit_tests:
                  - name: right
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1 }, { id: 2 }] }]
                    expect: { rows: [{ id: 2 }] }
                  - name: wrong
                    model: silver.order
                    given: [{ input: bronze.orders, rows: [{ id: 1 }, { id: 2 }] }]
                    expect: { rows: [{ id: 1 }] }
                """);

        Path junit = folder.resolve("junit.xml");
        Answer text = weir("check", folder.toString(), "--junit", junit.toString());
        JsonNode json = Json.MAPPER.readTree(
                weir("check", folder.toString(), "--output", "json").out());

        assertThat(text.exitCode()).isEqualTo(1);
        assertThat(text.out())
                .contains("tests/order.yaml:9:13: test \"wrong\": silver.order is not as expected")
                .contains("    -  1\n    +  2\n")
                .contains("1 of 2 tests failed");
        assertThat(junit).content().contains("<testcase name=\"right\" classname=\"silver.order\"");
        assertThat(json.path("valid").asBoolean()).isFalse();
        assertThat(json.path("tests").findValuesAsText("status")).containsExactly("PASSED", "FAILED");
    }

    @Test
    void shouldSayThatAFolderIsNoDomain() {
        Answer answer = weir("check", folder.resolve("nowhere").toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).contains("nowhere").doesNotContain("\tat ");
    }

    @ParameterizedTest
    @EnumSource(SchemaCommand.Kind.class)
    void shouldPrintAJsonSchema(SchemaCommand.Kind kind) {
        Answer answer = weir("schema", kind.name().toLowerCase(java.util.Locale.ROOT));

        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(parse(answer.out()).has("$schema")).isTrue();
    }

    @Test
    void shouldRefuseAPortThatIsNone() {
        Answer answer = weir("up", EXAMPLE.toString(), "--kafka-port", "70000", "--state", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("70000 is not a port");
    }

    @Test
    void shouldRefuseAStateFolderThatCannotBeWrittenTo() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        Answer answer =
                weir("up", EXAMPLE.toString(), "--state", file.resolve("state").toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err())
                .contains("cannot be written to")
                .contains("--state DIR")
                .doesNotContain("\tat ");
    }

    @Test
    void shouldRefuseASourceThatTheDomainDoesNotKnow() {
        Answer answer = weir(
                "up", EXAMPLE.toString(), "--source", "postgresql://db:5432/warehouse", "--state", folder.toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err()).contains("WAREHOUSE_DB");
    }

    private static JsonNode parse(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (IOException e) {
            throw new AssertionError(json, e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }
}
