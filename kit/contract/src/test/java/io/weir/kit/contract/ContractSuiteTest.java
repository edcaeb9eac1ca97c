package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CommentEvent;

/** Contracts good and bad, as files: the good ones survive being read and written, the bad ones get exactly the words that help. */
class ContractSuiteTest {

    private static final Path SUITE = Path.of("src/test/resources/contracts");

    record Bad(String name, String contract, List<String> tells) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Path> good() throws IOException {
        return Stream.concat(files(SUITE.resolve("good")), files(Path.of("../../examples/jaffle-shop/contracts")));
    }

    static Stream<Bad> bad() throws IOException {
        Map<?, ?> suite = (Map<?, ?>)
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(SUITE.resolve("bad.yaml")));
        String contract = suite.get("contract").toString();
        return ((List<?>) suite.get("cases")).stream().map(one -> {
            Map<?, ?> bad = (Map<?, ?>) one;
            String from = bad.get("from").toString();
            assertThat(contract).as("%s", bad.get("name")).containsOnlyOnce(from);
            return new Bad(
                    bad.get("name").toString(),
                    contract.replace(from, bad.get("to").toString()),
                    ((List<?>) bad.get("tells")).stream().map(Object::toString).toList());
        });
    }

    @ParameterizedTest
    @MethodSource("good")
    void shouldFindNothingWrong(Path file) {
        ContractFile contract = ContractFile.read(file);

        assertThat(contract.lint()).isEmpty();
        assertThat(contract.lintStandard()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("good")
    void shouldWriteWhatWasReadWithCommentsAndOrder(Path file) throws IOException {
        ContractFile read = ContractFile.read(file);

        String written = read.write();

        ContractFile again = ContractFile.of(written, file.toString());
        assertThat(again.document().toString()).isEqualTo(read.document().toString());
        assertThat(comments(written)).isEqualTo(comments(Files.readString(file)));
        assertThat(again.write()).isEqualTo(written);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void shouldTell(Bad bad) {
        assertThat(ContractFile.of(bad.contract, "orders.odcs.yaml").lint())
                .extracting(Problem::toString)
                .containsExactlyElementsOf(bad.tells);
    }

    @Test
    void shouldLeaveTheExampleAsItIsWritten() throws IOException {
        Path file = Path.of("../../examples/jaffle-shop/contracts/customer.odcs.yaml");

        assertThat(ContractFile.read(file).write()).isEqualTo(Files.readString(file));
    }

    @Test
    void shouldKeepOtherToolsCustomPropertiesAndNothings() {
        DataProduct product =
                ContractFile.read(SUITE.resolve("good/everything.odcs.yaml")).product();

        assertThat(Documents.maps(product.document().get("customProperties")))
                .last()
                .isEqualTo(Map.of("property", "refRulesetName", "value", "gcsc.ruleset.name"));
        assertThat(Documents.maps(product.document().get("slaProperties")).getLast())
                .containsEntry("value", null);
    }

    private static List<String> comments(String text) {
        return StreamSupport.stream(
                        new Parse(LoadSettings.builder().setParseComments(true).build())
                                .parseString(text)
                                .spliterator(),
                        false)
                .filter(CommentEvent.class::isInstance)
                .map(event -> ((CommentEvent) event).getValue())
                .filter(comment -> !comment.isBlank())
                .toList();
    }

    private static Stream<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        }
    }
}
