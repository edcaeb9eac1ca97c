package io.weir.kit.modeltest;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.ModelTestFolder;
import io.weir.kit.contract.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every test on the page about model tests passes over the example. */
class DocumentedTest {

    private static final Path EXAMPLE = Path.of("../../examples/jaffle-shop");
    private static final Path PAGE = Path.of("../../docs/model-tests.md");
    private static final Pattern BLOCK = Pattern.compile("```yaml\\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void shouldPassWhatThePageShows() throws IOException {
        try (Stream<Path> all = Files.walk(EXAMPLE)) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Path copy = folder.resolve(EXAMPLE.relativize(each).toString());
                Files.createDirectories(copy.getParent());
                if (!copy.toString().contains("tests") || copy.toString().endsWith(".csv")) {
                    Files.copy(each, copy);
                }
            }
        }
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        int blocks = 0;
        while (block.find()) {
            Files.writeString(folder.resolve("tests/page%d.yaml".formatted(++blocks)), block.group(1));
        }

        List<Problem> problems = new ArrayList<>();
        List<ModelTest> tests = ModelTestFolder.read(DomainFolder.load(folder, _ -> null), problems);
        List<TestResult> results = ModelTests.run(tests, 2);

        assertThat(problems).isEmpty();
        assertThat(results).hasSize(blocks).hasSizeGreaterThan(3).allSatisfy(result -> {
            assertThat(result.problems()).isEmpty();
            assertThat(result.failures()).isEmpty();
        });
    }
}
