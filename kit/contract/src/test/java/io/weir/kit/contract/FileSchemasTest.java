package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSchemasTest {

    private static final Path EXAMPLE = Path.of("../../examples/jaffle-shop");
    private static final ObjectMapper JSON = new ObjectMapper();

    static Stream<Path> files() throws IOException {
        List<Path> files = new ArrayList<>(List.of(EXAMPLE.resolve("domain.yaml")));
        for (String folder : List.of("sources", "syncs", "subscriptions")) {
            try (Stream<Path> listed = Files.list(EXAMPLE.resolve(folder))) {
                files.addAll(listed.toList());
            }
        }
        return files.stream();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldAcceptTheExamplesFiles(Path file) {
        JsonNode document = document(file);

        assertThat(schema(kind(document)).validate(document)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("files")
    void shouldRefuseAFieldThatTheReaderDoesNotKnow(Path file) {
        JsonNode document = document(file);
        String kind = kind(document);
        ((ObjectNode) document).put("colour", "blue");

        assertThat(schema(kind).validate(document)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"domain", "source", "sync", "subscription", "test"})
    void shouldDescribeEveryKind(String kind) throws IOException {
        JsonNode schema = JSON.readTree(FileSchemas.of(kind).orElseThrow());

        assertThat(schema.path("title").asText()).isEqualTo("Weir " + kind);
    }

    static Stream<Path> tests() throws IOException {
        try (Stream<Path> listed = Files.list(EXAMPLE.resolve("tests"))) {
            return listed.filter(file -> file.toString().endsWith(".yaml")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("tests")
    void shouldAcceptTheExamplesTestsAndNoUnknownFieldInThem(Path file) {
        JsonNode document = document(file);

        assertThat(schema("test").validate(document)).isEmpty();
        ((ObjectNode) document.path("unit_tests").path(0)).put("colour", "blue");
        assertThat(schema("test").validate(document)).isNotEmpty();
    }

    @Test
    void shouldKnowNoOtherKind() {
        assertThat(FileSchemas.of("colour")).isEmpty();
    }

    /** The reader names the fields that it knows when it meets one that it does not: the schema must name the same. */
    @ParameterizedTest
    @MethodSource("files")
    void shouldNameTheFieldsThatTheReaderKnows(Path file, @TempDir Path folder) throws IOException {
        JsonNode properties = JSON.readTree(FileSchemas.of(kind(document(file))).orElseThrow())
                .path("properties");
        try (Stream<Path> all = Files.walk(EXAMPLE)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(EXAMPLE.relativize(each).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(each, copy);
            }
        }
        Path copy = folder.resolve(EXAMPLE.relativize(file).toString());
        Files.writeString(copy, Files.readString(copy) + "\ncolour-of-things: blue\n");

        List<Problem> problems = List.of();
        try {
            DomainFolder.load(folder, _ -> null);
        } catch (ProblemsException e) {
            problems = e.problems();
        }

        var names = new TreeSet<String>();
        properties.fieldNames().forEachRemaining(names::add);
        assertThat(problems).singleElement().satisfies(problem -> assertThat(new TreeSet<>(List.of(
                        problem.message().replaceFirst(".*; there is: ", "").split(", "))))
                .isEqualTo(names));
    }

    private static JsonNode document(Path file) {
        List<Problem> problems = new ArrayList<>();
        Fields fields = Fields.read(file, file.toString(), problems);
        assertThat(problems).isEmpty();
        return JSON.valueToTree(fields.document());
    }

    private static String kind(JsonNode document) {
        return document.path("kind").asText().toLowerCase(Locale.ROOT);
    }

    private static JsonSchema schema(String kind) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(FileSchemas.of(kind).orElseThrow());
    }
}
