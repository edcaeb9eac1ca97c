package io.weir.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the documents name exists: files that they link to, commands that they tell to type, YAML that they show. */
class DocumentationTest {

    private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^\\s*|`)\\./weir ([a-z]+)");
    private static final Pattern YAML = Pattern.compile("(?ms)^```ya?ml\\n(.*?)^```");
    private static final ObjectMapper MAPPER = new ObjectMapper(new YAMLFactory());

    @TestFactory
    Stream<DynamicTest> shouldNameOnlyWhatExists() throws IOException {
        String commands = Files.readString(RunningMesh.HOME.resolve("weir"));
        return documents().stream()
                .map(document -> DynamicTest.dynamicTest(
                        RunningMesh.HOME.relativize(document).toString(), () -> check(document, commands)));
    }

    private static void check(Path document, String commands) throws IOException {
        String text = Files.readString(document);

        assertThat(all(LINK, text).filter(link -> !link.startsWith("http") && !link.startsWith("mailto:")))
                .as("links")
                .allSatisfy(link -> assertThat(document.resolveSibling(link)).exists());
        assertThat(all(COMMAND, text)).as("commands").allSatisfy(command -> assertThat(commands)
                .containsPattern("(?m)^  " + command + " "));
        assertThat(all(YAML, text)).as("YAML blocks").allSatisfy(yaml -> {
            try (MappingIterator<JsonNode> read =
                    MAPPER.readerFor(JsonNode.class).readValues(yaml)) {
                assertThat(read.readAll()).isNotEmpty();
            }
        });
    }

    private static Stream<String> all(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found.stream();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.find(
                RunningMesh.HOME,
                6,
                (path, _) -> path.toString().endsWith(".md")
                        && !path.toString().contains("/target/")
                        && !path.toString().contains("/.weir/"))) {
            return files.sorted().toList();
        }
    }
}
