package io.weir.cli.mesh;

import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.StartupCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Makes the start-up caches that are missing while the mesh runs: starts each part once more, one after the other and at low priority, with a Kafka and a
 * registry of its own, so that the mesh does not notice. Some minutes of idle processors, once for each build.
 *
 * <p>Parts that need a database are left out, since theirs is the mesh's.
 */
public final class Training implements AutoCloseable {

    /** They serve the others, and end last. */
    private static final Set<String> FOUNDATIONS = Set.of("kafka", "registry");

    private static final Set<String> SERVICES = Set.of("contract", "ingest", "conform", "feature");

    /** What a part does right after it is ready belongs to its start as well. */
    private static final Duration SETTLING = Duration.ofSeconds(5);

    /** A stage whose input nobody captures here is never ready, and has started all the same. */
    private static final Duration WAITING = Duration.ofSeconds(60);

    private final StateFolder state;
    private final StateFolder place;
    private final List<Step> steps;
    private final StartupCache caches;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<PartProcess> running = new ArrayList<>();

    private Training(StateFolder state, StateFolder place, List<Step> steps, StartupCache caches) {
        this.state = state;
        this.place = place;
        this.steps = steps;
        this.caches = caches;
    }

    /**
     * Begins, and returns at once.
     *
     * @param state of the mesh: remembers the processes, so that they are found where the supervisor is killed
     * @param place where the parts run; deleted afterwards
     * @param steps of a mesh in that place, on ports of its own
     * @param say is told in a line what goes wrong: then starts stay as long as they are, and the next mesh tries again
     */
    public static Training start(
            StateFolder state, StateFolder place, List<Step> steps, StartupCache caches, Consumer<String> say) {
        Training training = new Training(state, place, steps, caches);
        Thread.ofVirtual().name("training").start(() -> training.train(say));
        return training;
    }

    private void train(Consumer<String> say) {
        try {
            if (steps.stream().anyMatch(step -> isTrained(step) && caches.lacks(spec(step)))) {
                for (Step step : steps) {
                    train(step);
                }
                endAll();
            }
        } catch (InterruptedException e) {
            // Closed.
        } catch (Exception e) {
            if (closed.getCount() > 0) {
                say.accept("Starts stay as slow as they are: "
                        + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            }
        } finally {
            kill();
            caches.tidy();
            place.delete();
        }
    }

    private void train(Step step) throws Exception {
        if (step instanceof Step.Task task && task.name().equals("topics")) {
            task.work().run();
        } else if (FOUNDATIONS.contains(step.name())) {
            start(spec(step)).awaitReady();
        } else if (SERVICES.contains(step.name()) && caches.lacks(spec(step))) {
            PartProcess process = start(spec(step));
            settle(process);
            end(process);
        }
    }

    /** Until it is ready for a while, or waits for what only a database would bring. */
    private void settle(PartProcess process) throws InterruptedException {
        for (int second = 0; second < WAITING.toSeconds() && !process.isReady(); second++) {
            pause(Duration.ofSeconds(1));
        }
        pause(SETTLING);
    }

    private void pause(Duration time) throws InterruptedException {
        if (closed.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException();
        }
    }

    private static boolean isTrained(Step step) {
        return FOUNDATIONS.contains(step.name()) || SERVICES.contains(step.name());
    }

    private static PartSpec spec(Step step) {
        return ((Step.Part) step).spec().get();
    }

    private PartProcess start(PartSpec spec) throws InterruptedException {
        PartSpec trained = caches.lacks(spec) ? caches.training(spec) : spec;
        synchronized (running) {
            if (closed.getCount() == 0) {
                throw new InterruptedException();
            }
            PartProcess process = PartProcess.start(
                    trained.withCommand(Sessions.inTheBackground(trained.command())),
                    place.log(spec.name()),
                    state.pid("training-" + spec.name()));
            running.add(process);
            return process;
        }
    }

    private void endAll() throws InterruptedException {
        while (!running.isEmpty()) {
            end(running.getLast());
        }
    }

    private void end(PartProcess process) throws InterruptedException {
        process.stop();
        synchronized (running) {
            if (closed.getCount() == 0) {
                throw new InterruptedException();
            }
            running.remove(process);
        }
        steps.stream()
                .filter(step -> step.name().equals(process.spec().name()))
                .map(Training::spec)
                .filter(caches::lacks)
                .forEach(caches::keep);
    }

    private void kill() {
        synchronized (running) {
            for (PartProcess process : running) {
                // A cache is written by a child of the part.
                ProcessHandle.of(process.pid()).stream()
                        .flatMap(ProcessHandle::descendants)
                        .forEach(ProcessHandle::destroyForcibly);
                process.kill();
            }
            running.clear();
        }
    }

    /** Ends what still runs for it, at once; a cache that was not finished is made another time. */
    @Override
    public void close() {
        closed.countDown();
        kill();
    }
}
