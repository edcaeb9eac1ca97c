package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.infra.local.ProcessStart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunTest {

    @TempDir
    Path folder;

    @Test
    void shouldComeBackAsItWasWritten() throws IOException {
        StateFolder state = new StateFolder(folder);
        Run run = run(4711, 99);

        run.write(state);

        assertThat(Run.read(state)).contains(run);
        assertThat(Run.read(state).orElseThrow().part("kafka").orElseThrow().restarts())
                .isEqualTo(2);
    }

    @Test
    void shouldBeAbsentWhereItIsMissingOrTorn() throws IOException {
        StateFolder state = new StateFolder(folder);

        assertThat(Run.read(state)).isEmpty();
        Files.writeString(state.run(), "{\"supervisorPid\": 12");
        assertThat(Run.read(state)).isEmpty();
    }

    @Test
    void shouldPassOverFieldsOfANewerVersion() throws IOException {
        StateFolder state = new StateFolder(folder);
        run(1, 1).write(state);
        Files.writeString(state.run(), Files.readString(state.run()).replaceFirst("\\{", "{\"later\": true,"));

        assertThat(Run.read(state)).isPresent();
    }

    @Test
    void shouldKnowItsSupervisorByStartTimeToo() {
        ProcessHandle self = ProcessHandle.current();

        assertThat(run(self.pid(), ProcessStart.of(self)).supervisorIsAlive()).isTrue();
        assertThat(run(self.pid(), 12345).supervisorIsAlive()).isFalse();
    }

    private static Run run(long pid, long start) {
        return new Run(
                pid,
                start,
                Run.State.RUNNING,
                14.2,
                "/domain",
                new Run.Addresses(
                        "127.0.0.1:19092",
                        "http://127.0.0.1:18080/apis/registry/v3",
                        null,
                        Map.of("ingest", "http://127.0.0.1:18091"),
                        Map.of("SHOP_DB", "127.0.0.1:15432")),
                true,
                List.of(new Run.Part(
                        "kafka", Run.PartState.READY, 12, 13, 14, 1.5, 2, "127.0.0.1:19092", "kafka.log")));
    }
}
