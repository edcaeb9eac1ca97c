package io.weir.cli.mesh;

import io.weir.infra.local.PartException;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * Starts the steps of a mesh, each as soon as those before it are done, and keeps its parts running until it is stopped.
 *
 * <p>A part that ends, or that hangs and is killed for it, is started again after a {@link Backoff}, once the parts that it
 * needs are ready. Every change is given to the observer, under a lock: it sees them in order.
 */
public final class Supervisor {

    private static final Duration PROBE_EVERY = Duration.ofSeconds(2);

    /** How many probes in a row must go unanswered, beside the part's patience, before it counts as hanging. */
    private static final int SILENCES = 3;

    private static final Duration STOP_LIMIT = Duration.ofSeconds(45);

    private final StateFolder state;
    private final Clock clock;
    private final Consumer<List<Run.Part>> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Cell> cells = new LinkedHashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private boolean stopping;

    /** Everything known of one step; guarded by the lock. */
    private static final class Cell {
        final Step step;
        Run.Part shown;

        @Nullable
        PartProcess process;

        Cell(Step step, Run.Part shown) {
            this.step = step;
            this.shown = shown;
        }
    }

    /** How the beginning of one step went: done, or failed, and then all has failed. */
    private record Begun(CompletableFuture<Void> done, CompletableFuture<Void> failure) {
        void succeed() {
            done.complete(null);
        }

        void giveUp() {
            done.cancel(false);
        }

        void fail(Throwable reason) {
            done.completeExceptionally(reason);
            failure.completeExceptionally(reason);
        }
    }

    /** @param observer called with all steps, in their given order, after each change */
    public Supervisor(StateFolder state, List<Step> steps, Clock clock, Consumer<List<Run.Part>> observer) {
        this.state = state;
        this.clock = clock;
        this.observer = observer;
        Set<String> known = new HashSet<>();
        for (Step step : steps) {
            if (!known.containsAll(step.after())) {
                throw new IllegalArgumentException("step %s comes after %s, which is not before it in the list"
                        .formatted(step.name(), step.after()));
            }
            known.add(step.name());
            String log = step instanceof Step.Part ? state.log(step.name()).toString() : null;
            cells.put(
                    step.name(),
                    new Cell(
                            step,
                            new Run.Part(step.name(), Run.PartState.WAITING, 0, 0, clock.millis(), -1, 0, "", log)));
        }
    }

    /**
     * Starts everything and waits until each required part is ready and the others are ready or have had their time.
     *
     * @throws PartException of the first step that failed; what was started still runs: call {@link #stop}
     */
    public void start() {
        List<CompletableFuture<Void>> beginnings = new ArrayList<>();
        CompletableFuture<Void> failure = new CompletableFuture<>();
        for (Cell cell : cells.values()) {
            Begun begun = new Begun(new CompletableFuture<>(), failure);
            beginnings.add(begun.done());
            threads.add(Thread.ofVirtual().name(cell.step.name()).start(() -> {
                switch (cell.step) {
                    case Step.Task task -> work(cell, task, begun);
                    case Step.Part part -> keepRunning(cell, part, begun);
                }
            }));
        }
        try {
            CompletableFuture.anyOf(failure, CompletableFuture.allOf(beginnings.toArray(CompletableFuture[]::new)))
                    .join();
        } catch (CancellationException e) {
            throw new PartException("stopped while it started");
        } catch (CompletionException e) {
            throw e.getCause() instanceof PartException known ? known : new PartException(firstLine(e), e);
        }
    }

    /** All steps as they are now. */
    public List<Run.Part> parts() {
        lock.lock();
        try {
            return snapshot();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops the parts, those first that no other part needs, side by side where the order allows. Takes 45 s at most: what has
     * not ended by then is killed. Calling it again waits for the first call to end.
     */
    public void stop() {
        lock.lock();
        try {
            stopping = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        long deadline = clock.millis() + STOP_LIMIT.toMillis();
        for (List<Cell> group : stopOrder()) {
            List<Thread> stops = new ArrayList<>();
            for (Cell cell : group) {
                stops.add(Thread.ofVirtual().start(() -> stop(cell, deadline)));
            }
            stops.forEach(Supervisor::join);
        }
        threads.forEach(Thread::interrupt);
        threads.forEach(Supervisor::join);
    }

    private void stop(Cell cell, long deadline) {
        PartProcess process = processOf(cell);
        if (process == null) {
            show(cell, Run.PartState.STOPPED, 0, 0, cell.shown.seconds(), cell.shown.restarts(), "");
            return;
        }
        process.signal();
        long patience = Math.min(process.spec().stopTimeout().toMillis(), deadline - clock.millis());
        String how = "";
        try {
            process.onExit().get(Math.max(100, patience), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            how = "killed: it did not stop in %d s".formatted(patience / 1000);
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
            how = "killed";
        }
        if (process.isAlive()) {
            process.kill();
        }
        process.stop();
        show(cell, Run.PartState.STOPPED, 0, 0, cell.shown.seconds(), cell.shown.restarts(), how);
    }

    private void work(Cell cell, Step.Task task, Begun begun) {
        try {
            awaitBefore(task);
            long from = clock.millis();
            show(cell, Run.PartState.STARTING, 0, 0, -1, 0, "");
            String done = task.work().run();
            show(cell, Run.PartState.DONE, 0, 0, (clock.millis() - from) / 1000.0, 0, done);
            begun.succeed();
        } catch (InterruptedException e) {
            begun.giveUp();
        } catch (Exception e) {
            if (isStopping()) {
                begun.giveUp();
                return;
            }
            show(cell, Run.PartState.FAILED, 0, 0, -1, 0, firstLine(e));
            begun.fail(e instanceof PartException ? e : new PartException(task.name() + ": " + firstLine(e), e));
        }
    }

    private void keepRunning(Cell cell, Step.Part part, Begun begun) {
        Backoff backoff = new Backoff();
        int restarts = 0;
        String address = part.address();
        try {
            while (true) {
                awaitBefore(part);
                long from = clock.millis();
                long readyAt = 0;
                String why;
                show(cell, Run.PartState.STARTING, 0, 0, -1, restarts, address);
                PartProcess process = null;
                try {
                    process = startProcess(cell, detached(part.spec().get()));
                    show(cell, Run.PartState.STARTING, process.pid(), process.started(), -1, restarts, address);
                    process.awaitReady();
                    readyAt = clock.millis();
                    show(
                            cell,
                            Run.PartState.READY,
                            process.pid(),
                            process.started(),
                            (readyAt - from) / 1000.0,
                            restarts,
                            address);
                    begun.succeed();
                    why = watch(cell, address, process);
                } catch (PartException e) {
                    if (isStopping()) {
                        return;
                    }
                    why = firstLine(e);
                    // One that has been ready before is only slow: whether it hangs is watched.
                    boolean mayWait = !part.required() || begun.done().isDone();
                    if (process != null && process.isAlive() && mayWait) {
                        show(cell, Run.PartState.NOT_READY, cell.shown.pid(), cell.shown.pidStart(), -1, restarts, why);
                        begun.succeed();
                        why = watch(cell, address, process);
                    } else if (!begun.done().isDone()) {
                        // At the first start a mistake is likelier than an accident: after one more try, say so and
                        // give up.
                        boolean mistake = process == null || process.isAlive() || restarts > 0;
                        if (mistake && part.required()) {
                            show(cell, Run.PartState.FAILED, 0, 0, -1, restarts, why);
                            begun.fail(e);
                            return;
                        }
                        if (mistake) {
                            begun.succeed();
                        }
                    }
                }
                if (isStopping()) {
                    return;
                }
                if (process != null) {
                    process.stop();
                }
                restarts++;
                Duration wait = backoff.next(Duration.ofMillis(readyAt == 0 ? 0 : clock.millis() - readyAt));
                forget(cell);
                address = "%s (restarted at %s: %s)"
                        .formatted(part.address(), timeOfDay(), why)
                        .strip();
                show(cell, Run.PartState.RESTARTING, 0, 0, -1, restarts, why);
                pause(wait);
            }
        } catch (InterruptedException e) {
            begun.giveUp();
        } catch (RuntimeException e) {
            show(cell, Run.PartState.FAILED, 0, 0, -1, restarts, firstLine(e));
            begun.fail(e);
        }
    }

    /** Looks after a running process until it ends; says how it ended. */
    private String watch(Cell cell, String address, PartProcess process) throws InterruptedException {
        CompletableFuture<PartProcess> end = process.onExit();
        Duration patience = process.spec().liveness().patience();
        long liveAt = System.nanoTime();
        int silences = 0;
        while (process.isAlive()) {
            try {
                end.get(PROBE_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillRuns) {
                boolean live = process.isLive();
                boolean ready = live && process.isReady();
                if (live) {
                    liveAt = System.nanoTime();
                    silences = 0;
                } else {
                    silences++;
                }
                // Both: a machine that slept, or was busy for long, has no time to ask often.
                if (silences >= SILENCES && System.nanoTime() - liveAt >= patience.toNanos() && !isStopping()) {
                    process.kill();
                    return "hung: gave no answer for %d s, and was killed".formatted(patience.toSeconds());
                }
                Run.PartState now = ready ? Run.PartState.READY : Run.PartState.NOT_READY;
                Run.Part shown = cell.shown;
                if (shown.state() != now && !isStopping() && process.isAlive()) {
                    show(
                            cell,
                            now,
                            shown.pid(),
                            shown.pidStart(),
                            shown.seconds(),
                            shown.restarts(),
                            now == Run.PartState.READY
                                    ? address
                                    : silences > 0
                                            ? "runs, but does not answer"
                                            : "runs, but is not ready: see its log");
                }
            } catch (java.util.concurrent.ExecutionException e) {
                break;
            }
        }
        return process.exitCode().isPresent()
                ? "ended with code " + process.exitCode().getAsInt()
                : "ended";
    }

    private PartProcess startProcess(Cell cell, PartSpec spec) throws InterruptedException {
        PartProcess process = PartProcess.start(spec, state.log(spec.name()), state.pid(spec.name()));
        lock.lock();
        try {
            cell.process = process;
            if (!stopping) {
                return process;
            }
        } finally {
            lock.unlock();
        }
        process.stop();
        throw new InterruptedException();
    }

    private void forget(Cell cell) {
        lock.lock();
        try {
            cell.process = null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable PartProcess processOf(Cell cell) {
        lock.lock();
        try {
            return cell.process;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStopping() {
        lock.lock();
        try {
            return stopping;
        } finally {
            lock.unlock();
        }
    }

    private void awaitBefore(Step step) throws InterruptedException {
        lock.lock();
        try {
            while (!stopping && !step.after().stream().allMatch(this::isDone)) {
                changed.await();
            }
            if (stopping) {
                throw new InterruptedException();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isDone(String name) {
        Cell cell = cells.get(name);
        return cell != null && (cell.shown.state() == Run.PartState.READY || cell.shown.state() == Run.PartState.DONE);
    }

    private void pause(Duration wait) throws InterruptedException {
        lock.lock();
        try {
            long left = wait.toNanos();
            while (!stopping && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (stopping) {
                throw new InterruptedException();
            }
        } finally {
            lock.unlock();
        }
    }

    private void show(
            Cell cell, Run.PartState now, long pid, long pidStart, double seconds, int restarts, String detail) {
        lock.lock();
        try {
            Run.Part before = cell.shown;
            cell.shown = new Run.Part(
                    before.name(),
                    now,
                    pid,
                    pidStart,
                    before.state() == now ? before.sinceMs() : clock.millis(),
                    seconds,
                    restarts,
                    detail,
                    before.log());
            changed.signalAll();
            observer.accept(snapshot());
        } finally {
            lock.unlock();
        }
    }

    private List<Run.Part> snapshot() {
        return cells.values().stream().map(cell -> cell.shown).toList();
    }

    /** Parts in groups: a group may stop when those before it have. */
    private List<List<Cell>> stopOrder() {
        Map<String, Integer> ranks = new LinkedHashMap<>();
        for (Cell cell : cells.values()) {
            int rank = cell.step.after().stream()
                    .mapToInt(name -> ranks.getOrDefault(name, 0) + 1)
                    .max()
                    .orElse(0);
            ranks.put(cell.step.name(), rank);
        }
        // A service starts beside what it uses, but stops before it: a transaction that the broker leaves first may
        // hang.
        int used = ranks.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        cells.values().stream()
                .filter(cell -> cell.step instanceof Step.Part part && !part.required())
                .forEach(cell -> ranks.merge(cell.step.name(), used + 1, Math::max));
        List<List<Cell>> groups = new ArrayList<>();
        int highest = ranks.values().stream().mapToInt(Integer::intValue).max().orElse(0);
        for (int rank = highest; rank >= 0; rank--) {
            int wanted = rank;
            List<Cell> group = cells.values().stream()
                    .filter(cell -> cell.step instanceof Step.Part && ranks.getOrDefault(cell.step.name(), 0) == wanted)
                    .toList();
            if (!group.isEmpty()) {
                groups.add(group);
            }
        }
        return groups;
    }

    /**
     * In a session of its own: a Ctrl-C at the terminal reaches the supervisor alone, which then stops the parts in order. And with few arenas of
     * the C library's allocator: RocksDB's threads would each keep their own.
     */
    private static PartSpec detached(PartSpec spec) {
        Map<String, String> environment = new HashMap<>(Map.of("MALLOC_ARENA_MAX", "2"));
        environment.putAll(spec.environment());
        return spec.withCommand(Sessions.detached(spec.command())).withEnvironment(environment);
    }

    private String timeOfDay() {
        return LocalTime.ofInstant(clock.instant(), ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.SECONDS)
                .toString();
    }

    private static String firstLine(Throwable e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        String line = message.lines().findFirst().orElse("").replaceFirst("\\. The end of .*:$", "");
        Throwable cause = e.getCause();
        // Kafka's clients wrap the reason in a message that tells nothing.
        return e instanceof KafkaException && cause != null ? line + ": " + firstLine(cause) : line;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
