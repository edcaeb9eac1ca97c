package io.weir.cli.mesh;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.infra.local.PartException;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Readiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** With small programs of the shell in the place of the real parts. */
@Execution(ExecutionMode.CONCURRENT)
class SupervisorTest {

    @TempDir
    Path folder;

    private final List<Supervisor> started = new ArrayList<>();
    private final List<String> order = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stopWhatRuns() {
        started.forEach(Supervisor::stop);
    }

    @Test
    void shouldStartEachStepAfterThoseThatItNeeds() {
        Supervisor supervisor = supervisor(
                part("kafka", Set.of(), "sleep 600"),
                task("topics", Set.of("kafka")),
                part("ingest", Set.of("topics"), "sleep 600"));

        supervisor.start();

        assertThat(states(supervisor)).containsExactly("kafka READY", "topics DONE", "ingest READY");
        assertThat(order).containsExactly("kafka", "topics", "ingest");
    }

    @Test
    void shouldStartADeadPartAgainAndCountIt() {
        Supervisor supervisor = supervisor(part("kafka", Set.of(), "sleep 600"));
        supervisor.start();
        long first = pid(supervisor, "kafka");

        ProcessHandle.of(first).orElseThrow().destroyForcibly();

        await().untilAsserted(() -> {
            Run.Part now = supervisor.parts().getFirst();
            assertThat(now.state()).isEqualTo(Run.PartState.READY);
            assertThat(now.restarts()).isEqualTo(1);
            assertThat(now.pid()).isNotEqualTo(first);
        });
    }

    @Test
    void shouldKillAPartThatHangsAndStartItAgain() throws IOException {
        Files.createDirectories(folder.resolve("work"));
        Readiness answers = there("answers");
        PartSpec.Liveness liveness = new PartSpec.Liveness(answers, Duration.ofSeconds(1));
        Supervisor supervisor = supervisor(new Step.Part(
                "kafka",
                Set.of(),
                "here",
                () -> PartSpec.of(
                                "kafka",
                                List.of("/bin/sh", "-c", "touch answers; sleep 600"),
                                folder.resolve("work"),
                                answers)
                        .withLiveness(liveness),
                true));
        supervisor.start();
        long first = pid(supervisor, "kafka");

        Files.delete(folder.resolve("work/answers"));

        await().untilAsserted(() -> {
            Run.Part now = supervisor.parts().getFirst();
            assertThat(now.state()).isEqualTo(Run.PartState.READY);
            assertThat(now.pid()).isNotEqualTo(first);
            assertThat(now.detail()).contains("hung: gave no answer for 1 s, and was killed");
        });
        assertThat(ProcessHandle.of(first).filter(ProcessHandle::isAlive)).isEmpty();
    }

    @Test
    void shouldLetAPartBeThatIsNotReadyButAlive() throws Exception {
        Files.createDirectories(folder.resolve("work"));
        PartSpec.Liveness liveness = new PartSpec.Liveness(() -> true, Duration.ofSeconds(1));
        Supervisor supervisor = supervisor(new Step.Part(
                "ingest",
                Set.of(),
                "here",
                () -> PartSpec.of(
                                "ingest",
                                List.of("/bin/sh", "-c", "touch answers; sleep 600"),
                                folder.resolve("work"),
                                there("answers"))
                        .withLiveness(liveness),
                true));
        supervisor.start();
        long first = pid(supervisor, "ingest");

        Files.delete(folder.resolve("work/answers"));

        await().untilAsserted(
                        () -> assertThat(supervisor.parts().getFirst().state()).isEqualTo(Run.PartState.NOT_READY));
        await().during(Duration.ofSeconds(8))
                .untilAsserted(() -> assertThat(pid(supervisor, "ingest")).isEqualTo(first));
    }

    @Test
    void shouldStopInReverseOrderAndLeaveNothing() {
        Supervisor supervisor = supervisor(
                part(
                        "kafka",
                        Set.of(),
                        "trap 'echo kafka >> ended; exit 0' TERM; touch kafka; while :; do sleep 0.05; done",
                        there("kafka")),
                part(
                        "ingest",
                        Set.of("kafka"),
                        "trap 'echo ingest >> ended; exit 0' TERM; touch ingest; while :; do sleep 0.05; done",
                        there("ingest")),
                startsBeside(
                        "feature",
                        "trap 'echo feature >> ended; exit 0' TERM; touch feature; while :; do sleep 0.05; done",
                        there("feature")));
        supervisor.start();
        await().until(() -> Files.exists(folder.resolve("work/feature")));
        List<Long> pids = supervisor.parts().stream().map(Run.Part::pid).toList();

        supervisor.stop();

        assertThat(states(supervisor)).containsExactly("kafka STOPPED", "ingest STOPPED", "feature STOPPED");
        assertThat(folder.resolve("work/ended"))
                .as("whatever waits for Kafka by itself ends before it")
                .hasContent("feature\ningest\nkafka");
        assertThat(pids)
                .noneMatch(pid ->
                        ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent());
        assertThat(Orphans.find(new StateFolder(folder))).isEmpty();
    }

    @Test
    void shouldFailWithTheEndOfTheLogWhereARequiredPartDoesNotStart() {
        Supervisor supervisor = supervisor(part("kafka", Set.of(), "echo no room left; exit 3", () -> false));

        assertThatThrownBy(supervisor::start)
                .isInstanceOf(PartException.class)
                .hasMessageContaining("kafka ended with code 3")
                .hasMessageContaining("no room left");
        assertThat(states(supervisor)).containsExactly("kafka FAILED");
    }

    @Test
    void shouldFailWithWhatATaskSays() {
        Supervisor supervisor = supervisor(new Step.Task("databases", Set.of(), () -> {
            throw new PartException("wrong password");
        }));

        assertThatThrownBy(supervisor::start).isInstanceOf(PartException.class).hasMessage("wrong password");
    }

    @Test
    void shouldGoOnWithoutAPartThatIsNotRequired() {
        Step missing = new Step.Part(
                "ingest",
                Set.of(),
                "",
                () -> {
                    throw new PartException("ingest-service is not built");
                },
                false);
        Supervisor supervisor = supervisor(part("kafka", Set.of(), "sleep 600"), missing);

        supervisor.start();

        await().untilAsserted(() -> {
            Run.Part now = supervisor.parts().get(1);
            assertThat(now.state()).isEqualTo(Run.PartState.RESTARTING);
            assertThat(now.detail()).isEqualTo("ingest-service is not built");
        });
    }

    @Test
    void shouldTellAnOrphanFromAnotherProcessWithItsId() throws IOException {
        StateFolder state = new StateFolder(folder);
        Supervisor supervisor = supervisor(part("kafka", Set.of(), "sleep 600"));
        supervisor.start();
        long pid = pid(supervisor, "kafka");

        assertThat(Orphans.find(state)).extracting(Orphans.Orphan::part).containsExactly("kafka");
        assertThat(PartProcess.handleOf(state.pid("kafka")))
                .map(ProcessHandle::pid)
                .contains(pid);
        Files.writeString(state.pid("kafka"), "%d%n%d%n".formatted(pid, 12345));
        assertThat(Orphans.find(state)).isEmpty();
    }

    @Test
    void shouldStopOrphans() {
        StateFolder state = new StateFolder(folder);
        Supervisor supervisor =
                supervisor(part("kafka", Set.of(), "sleep 600"), part("postgres", Set.of(), "exec sleep 600"));
        supervisor.start();
        List<Orphans.Orphan> orphans = Orphans.find(state);

        Orphans.stop(orphans);

        assertThat(orphans).hasSize(2).noneMatch(orphan -> orphan.process().isAlive());
    }

    private Supervisor supervisor(Step... steps) {
        Supervisor supervisor = new Supervisor(new StateFolder(folder), List.of(steps), Clock.systemUTC(), parts -> {});
        started.add(supervisor);
        return supervisor;
    }

    private Step part(String name, Set<String> after, String script) {
        return part(name, after, script, () -> true);
    }

    private Step part(String name, Set<String> after, String script, Readiness readiness) {
        return part(name, after, script, readiness, true);
    }

    /** As a service does: it waits for the others by itself. */
    private Step startsBeside(String name, String script, Readiness readiness) {
        return part(name, Set.of(), script, readiness, false);
    }

    private Step part(String name, Set<String> after, String script, Readiness readiness, boolean required) {
        return new Step.Part(
                name,
                after,
                "here",
                () -> {
                    order.add(name);
                    return PartSpec.of(name, List.of("/bin/sh", "-c", script), folder.resolve("work"), readiness)
                            .withTimeouts(LIMIT, Duration.ofSeconds(30));
                },
                required);
    }

    private Readiness there(String file) {
        return () -> Files.exists(folder.resolve("work").resolve(file));
    }

    private Step task(String name, Set<String> after) {
        return new Step.Task(name, after, () -> {
            order.add(name);
            return "done";
        });
    }

    private static long pid(Supervisor supervisor, String part) {
        return supervisor.parts().stream()
                .filter(each -> each.name().equals(part))
                .findFirst()
                .orElseThrow()
                .pid();
    }

    private static List<String> states(Supervisor supervisor) {
        return supervisor.parts().stream()
                .map(part -> part.name() + " " + part.state())
                .toList();
    }
}
