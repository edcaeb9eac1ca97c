package io.weir.cli.mesh;

import io.weir.infra.local.PartProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Parts that outlived their supervisor, because somebody killed it.
 *
 * <p>A process is only ever taken for a part if both its id and its start time are those that were written down.
 */
public final class Orphans {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Orphans() {}

    /** A part of an earlier run that still runs. */
    public record Orphan(String part, ProcessHandle process, Path pidFile) {}

    /** Last started first: the order in which they are to be stopped. */
    public static List<Orphan> find(StateFolder state) {
        if (!Files.isDirectory(state.pids())) {
            return List.of();
        }
        List<String> order = Run.read(state)
                .map(run -> run.parts().stream().map(Run.Part::name).toList())
                .orElse(List.of());
        try (Stream<Path> files = Files.list(state.pids())) {
            List<Orphan> found = new ArrayList<>();
            for (Path file : files.toList()) {
                String part = String.valueOf(file.getFileName()).replaceFirst("\\.pid$", "");
                PartProcess.handleOf(file).ifPresent(process -> found.add(new Orphan(part, process, file)));
            }
            found.sort(Comparator.comparingInt((Orphan orphan) -> order.indexOf(orphan.part()))
                    .reversed());
            return found;
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Stops them in order, each in 10 s at most, then by force. */
    public static void stop(List<Orphan> orphans) {
        // Those that need Kafka and PostgreSQL go first and side by side, or each would wait for its time-out.
        Map<Boolean, List<Orphan>> groups =
                orphans.stream().collect(java.util.stream.Collectors.partitioningBy(Orphans::isFoundation));
        for (boolean foundation : new boolean[] {false, true}) {
            List<Orphan> group = groups.getOrDefault(foundation, List.of());
            group.forEach(Orphans::signal);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (Orphan orphan : group) {
                await(orphan.process(), deadline - System.nanoTime());
                if (orphan.process().isAlive()) {
                    orphan.process().destroyForcibly();
                    await(orphan.process(), PATIENCE.toNanos());
                }
                try {
                    Files.deleteIfExists(orphan.pidFile());
                } catch (IOException e) {
                    // Harmless: it names a process that is gone.
                }
            }
        }
    }

    private static boolean isFoundation(Orphan orphan) {
        return orphan.part().equals("kafka")
                || orphan.part().equals("postgres")
                || orphan.part().equals("registry");
    }

    private static void signal(Orphan orphan) {
        if (orphan.part().equals("postgres")) {
            // SIGTERM would wait for every client to leave.
            try {
                new ProcessBuilder(
                                "kill", "-INT", Long.toString(orphan.process().pid()))
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor(5, TimeUnit.SECONDS);
                return;
            } catch (IOException e) {
                // No kill program: the handle's own way is the next best.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        orphan.process().destroy();
    }

    private static void await(ProcessHandle process, long nanos) {
        try {
            process.onExit().get(Math.max(1, nanos), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            // The caller looks whether it is alive.
        }
    }
}
