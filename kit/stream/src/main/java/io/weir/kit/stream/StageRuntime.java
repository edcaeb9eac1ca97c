package io.weir.kit.stream;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.weir.kit.contract.Schemas;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Starts and watches one Kafka Streams application per stage, so that adding, changing or losing one never touches its neighbour.
 *
 * <p>A stage that cannot start waits and says for what; one that fails is started again with backoff. Each stage's {@link StageStatus} goes to
 * {@link MeshTopics#STAGES}; {@link Control} leases on {@link MeshTopics#CONTROL} pause and resume them. Thread-safe.
 */
public final class StageRuntime implements AutoCloseable {

    private final StageSettings settings;
    private final Schemas schemas;
    private final MeterRegistry meters;
    private final @Nullable Tracer tracer;
    private final Clock clock;
    private final List<StageRunner> runners = new CopyOnWriteArrayList<>();
    private final StatusBoard board;
    private volatile Supplier<List<? extends Stage>> reload = List::of;
    private volatile @Nullable FollowedKeys references;

    /** Connects to nothing yet. A null {@code tracer} exports no spans. */
    public StageRuntime(
            StageSettings settings, Schemas schemas, MeterRegistry meters, @Nullable Tracer tracer, Clock clock) {
        this.settings = settings;
        this.schemas = schemas;
        this.meters = meters;
        this.tracer = tracer;
        this.clock = clock;
        this.board = new StatusBoard(settings, clock, this::statuses, this::control);
    }

    /** Starts the stages and returns at once; {@link #statuses()} tells how they fare. */
    public void start(List<? extends Stage> stages) {
        start(stages, List::of);
    }

    /** @param reload the stages as the files have them now, for a rebuild; may throw what says what is wrong with the files */
    public void start(List<? extends Stage> stages, Supplier<List<? extends Stage>> reload) {
        this.reload = reload;
        Set<String> named = stages.stream()
                .flatMap(stage -> stage.output().settings().relationships().stream())
                .map(relationship -> relationship.to().topic())
                .collect(Collectors.toSet());
        FollowedKeys keys = named.isEmpty() ? null : new FollowedKeys(settings, clock, named);
        references = keys;
        for (Stage stage : stages) {
            StageMeters stageMeters = new StageMeters(stage.id(), meters, clock);
            StageContext context = new StageContext(
                    stage.id(),
                    schemas,
                    stageMeters,
                    new StageTracing(stage.id(), tracer),
                    clock,
                    settings.observeEvery(),
                    keys,
                    null);
            StageRunner runner = new StageRunner(stage, settings, context, board);
            runners.add(runner);
            runner.start();
        }
        board.start();
    }

    /** How each stage fares now. */
    public List<StageStatus> statuses() {
        return runners.stream().map(StageRunner::status).toList();
    }

    private void control(Control control) {
        if (!control.service().equals(settings.service())) {
            return;
        }
        Control.Rebuild rebuild = control.rebuild();
        if (rebuild == null) {
            runners.forEach(runner -> runner.pauseUntil(control.pauseUntilMs()));
            return;
        }
        runners.stream()
                .filter(runner -> runner.status().stage().equals(rebuild.stage()))
                .forEach(runner -> runner.rebuild(rebuild.fingerprint(), () -> reload.get().stream()
                        .filter(stage -> stage.id().toString().equals(rebuild.stage()))
                        .findFirst()
                        .map(stage -> (Stage) stage)));
    }

    /** Commits and stops every stage, side by side, within 10 s, whether Kafka answers or not. State and offsets stay for the next start. */
    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (StageRunner runner : runners) {
            closing.add(Thread.ofVirtual().start(runner::close));
        }
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        FollowedKeys followed = references;
        if (followed != null && statuses().stream().allMatch(status -> status.state() == StageStatus.State.STOPPED)) {
            followed.close();
        }
        board.close();
    }
}
