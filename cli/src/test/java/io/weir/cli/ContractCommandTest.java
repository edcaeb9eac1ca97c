package io.weir.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@WithMesh
class ContractCommandTest {

    private static final Path EXAMPLE = Path.of("..", "examples", "jaffle-shop");
    private static final Path CUSTOMER = EXAMPLE.resolve("contracts/customer.odcs.yaml");

    @TempDir
    Path folder;

    private record Answer(int exitCode, String out, String err) {}

    private static Answer contract(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = new String[arguments.length + 1];
        all[0] = "contract";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        int code = Weir.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
        return new Answer(code, out.toString(), err.toString());
    }

    @Test
    void shouldLintFiles() throws IOException {
        Path bad = changed("logicalType: integer", "logicalType: intger");

        assertThat(contract("lint", CUSTOMER.toString())).isEqualTo(new Answer(0, "valid: 1 contract.\n", ""));
        Answer answer = contract("lint", CUSTOMER.toString(), bad.toString());
        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out())
                .isEqualTo("%s:28:22: logicalType \"intger\" is not known (did you mean \"integer\"?)\n1 mistake\n"
                        .formatted(bad));
    }

    @Test
    void shouldTellAFileThatIsNotThere() {
        Answer answer = contract("lint", "nowhere.odcs.yaml");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out()).startsWith("nowhere.odcs.yaml: no such file\n");
    }

    @ParameterizedTest
    @CsvSource({
        "avro, '\"name\" : \"Customer\"'",
        "jsonschema, '\"format\" : \"email\"'",
        "asyncapi, 'asyncapi: 3.0.0'",
        "markdown, '| `email` | varchar | yes | '",
        "dbt, 'identifier: silver.jaffle.customer.v1'",
        "odcs, 'physicalName: silver.jaffle.customer.v1'"
    })
    void shouldExport(String format, String part) {
        Answer answer = contract("export", "--format", format, CUSTOMER.toString());

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out()).contains(part).endsWith("\n");
    }

    @Test
    void shouldNotExportWhatIsWrong() throws IOException {
        Answer answer = contract(
                "export",
                "--format",
                "avro",
                changed("kind: DataContract", "kind: Data").toString());

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.err()).contains(":2:7: kind is \"Data\": write DataContract");
    }

    @Test
    void shouldNameWhomAChangeBreaks() throws IOException {
        Path next = changed("      - name: signed_up_at", "      - name: since");
        Path gone = changed(
                "version: 1.2.0", "version: 2.0.0", "pattern: '^(DE|FR|GB|NL|US)$'", "pattern: '^(FR|GB|NL|US)$'");

        Answer unread = contract("diff", CUSTOMER.toString(), next.toString(), "--domain", EXAMPLE.toString());
        Answer read = contract(
                "diff", CUSTOMER.toString(), gone.toString(), "--domain", EXAMPLE.toString(), "--output", "markdown");
        Answer json = contract(
                "diff", CUSTOMER.toString(), gone.toString(), "--domain", EXAMPLE.toString(), "--output", "json");

        assertThat(unread.exitCode()).isZero();
        assertThat(unread.out()).contains("compatible column-removed signed_up_at");
        assertThat(read.exitCode()).isEqualTo(1);
        assertThat(read.out())
                .contains("**Breaking**: do not merge.")
                .contains("subscription `newsletter` matches 'DE', which no row will have")
                .contains("- marketing (marketing@jaffle.example): subscription `newsletter`");
        JsonNode plan = Json.MAPPER.readTree(json.out());
        assertThat(plan.path("verdict").asText()).isEqualTo("BREAKING");
        assertThat(plan.findValuesAsText("name")).containsExactly("newsletter");
    }

    @Test
    void shouldAskWhoseConsumersCount() throws IOException {
        Answer answer = contract(
                "diff",
                CUSTOMER.toString(),
                changed("kind: table", "kind: table").toString());

        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("--domain");
    }

    @Test
    void shouldDraftFromATable(TestPostgres postgres) {
        TestDatabase database = postgres.createDatabase(Testkit.unique("draft"));
        database.execute(
                "CREATE TYPE mood AS ENUM ('glad', 'so-so')",
                """
                CREATE TABLE visits (
                  day date, "Guest" bigint, name varchar(20) NOT NULL, mood mood, paid numeric(8,2), seen inet,
                  PRIMARY KEY ("Guest", day))""",
                "COMMENT ON TABLE visits IS 'Who came'",
                "COMMENT ON COLUMN visits.name IS 'The guest''s name: as told'");

        Answer answer = contract(
                "init",
                "public.visits",
                "--domain",
                "inn",
                "--url",
                database.jdbcUrl() + "?user=postgres&password=postgres");

        assertThat(answer).isEqualTo(new Answer(0, VISITS, ""));
        assertThat(ContractFile.of(answer.out(), "visits.odcs.yaml").lint()).isEmpty();
        assertThat(contract(
                        "init",
                        "public.none",
                        "--domain",
                        "inn",
                        "--url",
                        database.jdbcUrl() + "?user=postgres&password=postgres"))
                .isEqualTo(new Answer(1, "", "weir: There is no table public.none there.\n"));
        database.drop();
    }

    @Test
    void shouldDraftFromATopicsSchema(TestRegistry registry) {
        String topic = Testkit.unique("web.clicks.raw");
        new RegistryClient(URI.create(registry.url()))
                .publish("default", topic + "-value", RegistryClient.Type.AVRO, null, CLICK, List.of());

        Answer answer = contract("init", topic, "--domain", "web", "--registry", registry.url());

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out())
                .contains("physicalName: bronze.web.")
                .contains("value: row")
                .contains("      - name: page\n        logicalType: string\n")
                .contains("                - 'TAP'\n");
        assertThat(ContractFile.of(answer.out(), "clicks.odcs.yaml").lint()).isEmpty();
    }

    private static final String CLICK = """
            {"type": "record", "name": "Click", "fields": [
              {"name": "page", "type": "string", "doc": "Where"},
              {"name": "kind", "type": ["null", {"type": "enum", "name": "Kind", "symbols": ["TAP", "KEY"]}], "default": null},
              {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}
            """;

    private static final String VISITS = """
            # Drafted from table public.visits; what is marked TODO only its owner knows.
            apiVersion: v3.1.0
            kind: DataContract
            id: inn.visits
            version: 1.0.0
            status: draft
            name: visits
            domain: inn
            description:
              purpose: TODO what it is for
            schema:
              - name: visits
                physicalName: bronze.inn.visits.v1
                physicalType: topic
                logicalType: object
                description: 'Who came'
                customProperties:
                  - property: kind
                    value: table
                  - property: onViolation
                    value: quarantine
                  - property: partitions
                    value: 2
                properties:
                  - name: day
                    logicalType: date
                    physicalType: date
                    primaryKey: true
                    primaryKeyPosition: 2
                    required: true
                  - name: guest # there: Guest
                    logicalType: integer
                    physicalType: bigint
                    primaryKey: true
                    primaryKeyPosition: 1
                    required: true
                  - name: name
                    logicalType: string
                    physicalType: character varying(20)
                    description: 'The guest''s name: as told'
                    required: true
                  - name: mood
                    logicalType: string
                    physicalType: text
                    quality:
                      - metric: invalidValues
                        mustBe: 0
                        arguments:
                          validValues:
                            - 'glad'
                            - 'so-so'
                  - name: paid
                    logicalType: number
                    physicalType: numeric(8,2)
                  - name: seen
                    logicalType: string
                    physicalType: text # there: inet, which Weir carries as text
            team:
              name: TODO
            """;

    private Path changed(String... edits) throws IOException {
        String text = Files.readString(CUSTOMER);
        for (int i = 0; i < edits.length; i += 2) {
            text = text.replace(edits[i], edits[i + 1]);
        }
        Path file = folder.resolve("customer%d.odcs.yaml".formatted(text.hashCode()));
        Files.writeString(file, text);
        return file;
    }
}
