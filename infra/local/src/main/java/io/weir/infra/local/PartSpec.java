package io.weir.infra.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * One process of the mesh: how to start it, when it is ready, how to stop it.
 *
 * @param name short and unique in the mesh: {@code kafka}, {@code ingest}
 * @param command program and arguments; memory flags are part of it
 * @param environment added to the environment of the process that starts it
 * @param workingDirectory made if missing
 * @param preparation runs before each start, restarts included
 * @param readiness asked again and again until it says yes
 * @param liveness tells a part that hangs, and is to be killed, from one that is not ready
 * @param stopSignal what asks it to stop in an orderly way
 * @param startTimeout how long it may take to be ready
 * @param stopTimeout how long it may take to stop before it is killed
 */
public record PartSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path workingDirectory,
        Preparation preparation,
        Readiness readiness,
        Liveness liveness,
        StopSignal stopSignal,
        Duration startTimeout,
        Duration stopTimeout) {

    public PartSpec {
        if (!name.matches("[a-z][a-z0-9-]*")) {
            throw new IllegalArgumentException("A part's name is lower-case letters, digits and hyphens: " + name);
        }
        if (command.isEmpty()) {
            throw new IllegalArgumentException("Part " + name + " has no command");
        }
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** A part with the usual settings: nothing to prepare, alive while it runs, SIGTERM, 60 s to start, 15 s to stop. */
    public static PartSpec of(String name, List<String> command, Path workingDirectory, Readiness readiness) {
        return new PartSpec(
                name,
                command,
                Map.of(),
                workingDirectory,
                Preparation.NONE,
                readiness,
                Liveness.WHILE_IT_RUNS,
                StopSignal.TERM,
                Duration.ofSeconds(60),
                Duration.ofSeconds(15));
    }

    public PartSpec withCommand(List<String> other) {
        return new PartSpec(
                name,
                other,
                environment,
                workingDirectory,
                preparation,
                readiness,
                liveness,
                stopSignal,
                startTimeout,
                stopTimeout);
    }

    public PartSpec withEnvironment(Map<String, String> added) {
        return new PartSpec(
                name,
                command,
                added,
                workingDirectory,
                preparation,
                readiness,
                liveness,
                stopSignal,
                startTimeout,
                stopTimeout);
    }

    public PartSpec withPreparation(Preparation before) {
        return new PartSpec(
                name,
                command,
                environment,
                workingDirectory,
                before,
                readiness,
                liveness,
                stopSignal,
                startTimeout,
                stopTimeout);
    }

    public PartSpec withLiveness(Liveness alive) {
        return new PartSpec(
                name,
                command,
                environment,
                workingDirectory,
                preparation,
                readiness,
                alive,
                stopSignal,
                startTimeout,
                stopTimeout);
    }

    public PartSpec withStopSignal(StopSignal signal) {
        return new PartSpec(
                name,
                command,
                environment,
                workingDirectory,
                preparation,
                readiness,
                liveness,
                signal,
                startTimeout,
                stopTimeout);
    }

    public PartSpec withTimeouts(Duration start, Duration stop) {
        return new PartSpec(
                name,
                command,
                environment,
                workingDirectory,
                preparation,
                readiness,
                liveness,
                stopSignal,
                start,
                stop);
    }

    /**
     * Whether a part that runs is of any use, or hangs: not whether it is ready, for it may well wait for another.
     *
     * @param probe says yes, or the part hangs
     * @param patience how long it may hang before it is killed
     */
    public record Liveness(Readiness probe, Duration patience) {

        private static final Duration PATIENCE = Duration.ofSeconds(60);

        static final Liveness WHILE_IT_RUNS = new Liveness(() -> true, PATIENCE);

        /** Killed after 60 s without a yes. */
        public static Liveness of(Readiness probe) {
            return new Liveness(probe, PATIENCE);
        }
    }

    /** What has to be true on disk before the process starts. */
    @FunctionalInterface
    public interface Preparation {

        Preparation NONE = () -> {};

        /** @throws PartException with a message that tells the fix */
        void run();
    }

    /** How a process is asked to stop. */
    public enum StopSignal {
        /** Most processes. */
        TERM,
        /** PostgreSQL's fast shutdown: SIGTERM would wait for every client to leave. */
        INT
    }
}
