package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.cli.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final StringWriter said = new StringWriter();

    @Test
    void shouldSayEachStateOnceWhereNobodyLooksOn() {
        Progress progress = new Progress(Terminal.plain(new PrintWriter(said)));

        progress.show(List.of(part("kafka", Run.PartState.STARTING, -1), part("ingest", Run.PartState.WAITING, -1)));
        progress.show(List.of(part("kafka", Run.PartState.READY, 1.2), part("ingest", Run.PartState.WAITING, -1)));
        progress.show(List.of(part("kafka", Run.PartState.READY, 1.2), part("ingest", Run.PartState.READY, 3.5)));

        assertThat(said.toString().lines())
                .containsExactly("  kafka   ready          1.2 s  here", "  ingest  ready          3.5 s  here");
    }

    @Test
    void shouldRedrawAllLinesOnATerminal() {
        Progress progress = new Progress(new Terminal(new PrintWriter(said), true, false));

        progress.show(List.of(part("kafka", Run.PartState.STARTING, -1)));
        progress.show(List.of(part("kafka", Run.PartState.READY, 1.2)));

        assertThat(said.toString()).contains("\033[1A").contains("starting").contains("ready");
    }

    private static Run.Part part(String name, Run.PartState state, double seconds) {
        return new Run.Part(name, state, 0, 0, 0, seconds, 0, "here", null);
    }
}
