package io.weir.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.cli.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the sides come to the same result, which {@code weir bench} holds against each other itself; never how fast. */
class BenchTest {

    @TempDir
    Path folder;

    @Test
    void shouldFindTheSameResultsOnBothSides() throws Exception {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int code = Bench.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(
                        "--quick",
                        "--only",
                        "keyed",
                        "--without-flink",
                        "--output",
                        "json",
                        "--folder",
                        folder.toString());

        assertThat(code).as(err.toString()).isZero();
        List<String> compared = new ArrayList<>();
        for (JsonNode comparison : Json.MAPPER.readTree(out.toString()).get("comparisons")) {
            compared.add(comparison.get("name").asText());
            for (JsonNode round : comparison.get("rounds")) {
                assertThat(round.get("weir").get("recordsWritten").asLong()).isPositive();
                assertThat(round.get("other").get("recordsWritten").asLong()).isPositive();
            }
        }
        assertThat(compared).containsExactly("keyed");
    }

    @Test
    void shouldRefuseAComparisonThatItDoesNotKnow() {
        StringWriter err = new StringWriter();

        int code = Bench.commandLine().setErr(new PrintWriter(err)).execute("--only", "stateles");

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("no comparison is called stateles").contains("stateless");
    }

    @Test
    void shouldTellTwoResultsApart() {
        ResultTable table = new ResultTable(2, 7, 3);

        assertThat(table.holdsTheSameAs(new ResultTable(2, 7, 9))).isTrue();
        assertThat(table.holdsTheSameAs(new ResultTable(2, 8, 3))).isFalse();
        assertThat(table.holdsTheSameAs(new ResultTable(3, 7, 3))).isFalse();
    }

    @Test
    void shouldTakeTheMiddleOfAnEvenNumber() {
        assertThat(Spread.of(4, 1, 3, 2)).isEqualTo(new Spread(2.5, 1, 4));
        assertThat(Spread.of(5, 1, 3)).isEqualTo(new Spread(3, 1, 5));
    }
}
