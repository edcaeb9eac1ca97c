package io.weir.infra.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A started part. It outlives the JVM that started it: its output goes to a file, and {@link #running} finds it again by
 * its pid file (process id and start time, so that a recycled id is never taken for it).
 */
public final class PartProcess {

    private static final Duration POLL = Duration.ofMillis(200);

    private final PartSpec spec;
    private final ProcessHandle handle;
    private final long started;
    private final Optional<Process> child;
    private final Path logFile;
    private final Path pidFile;

    private PartProcess(PartSpec spec, ProcessHandle handle, Optional<Process> child, Path logFile, Path pidFile) {
        this.spec = spec;
        this.handle = handle;
        this.started = ProcessStart.of(handle);
        this.child = child;
        this.logFile = logFile;
        this.pidFile = pidFile;
    }

    /**
     * Prepares and starts the process; does not wait until it is ready.
     *
     * @param logFile gets stdout and stderr, appended
     * @param pidFile written now, deleted by {@link #stop}
     * @throws PartException where the preparation fails, a file cannot be written or the program cannot be started
     */
    public static PartProcess start(PartSpec spec, Path logFile, Path pidFile) {
        spec.preparation().run();
        try {
            Files.createDirectories(spec.workingDirectory());
            Files.createDirectories(logFile.toAbsolutePath().getParent());
            Files.createDirectories(pidFile.toAbsolutePath().getParent());
            ProcessBuilder builder = new ProcessBuilder(spec.command())
                    .directory(spec.workingDirectory().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
            builder.environment().putAll(spec.environment());
            Process process = builder.start();
            PartProcess part = new PartProcess(spec, process.toHandle(), Optional.of(process), logFile, pidFile);
            try {
                part.writePidFile();
            } catch (IOException e) {
                // Nobody would find it again.
                part.kill();
                throw e;
            }
            return part;
        } catch (IOException e) {
            throw new PartException(
                    "%s cannot be started: %s. Check that %s is writable and the disk is not full."
                            .formatted(spec.name(), e.getMessage(), spec.workingDirectory()),
                    e);
        }
    }

    /** The part's process, where an earlier JVM started it and it still runs. */
    public static Optional<PartProcess> running(PartSpec spec, Path logFile, Path pidFile) {
        return handleOf(pidFile).map(handle -> new PartProcess(spec, handle, Optional.empty(), logFile, pidFile));
    }

    /** The live process that a pid file of this class names. */
    public static Optional<ProcessHandle> handleOf(Path pidFile) {
        try {
            List<String> lines = Files.readAllLines(pidFile);
            return ProcessHandle.of(Long.parseLong(lines.get(0)))
                    .filter(ProcessHandle::isAlive)
                    .filter(found -> ProcessStart.of(found) == Long.parseLong(lines.get(1)));
        } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    public PartSpec spec() {
        return spec;
    }

    public long pid() {
        return handle.pid();
    }

    /** The {@link ProcessStart} of its process; known after the end of it too. */
    public long started() {
        return started;
    }

    public Path logFile() {
        return logFile;
    }

    public boolean isAlive() {
        return handle.isAlive();
    }

    /** Alive and answering; false while it starts. */
    public boolean isReady() {
        try {
            return isAlive() && spec.readiness().isReady();
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it answers its liveness probe; a process that hangs does not. */
    public boolean isLive() {
        try {
            return isAlive() && spec.liveness().probe().isReady();
        } catch (IOException e) {
            return false;
        }
    }

    /** The exit code, where it has ended and this JVM started it. */
    public OptionalInt exitCode() {
        if (child.isEmpty() || handle.isAlive()) {
            return OptionalInt.empty();
        }
        try {
            // The handle knows of the end a moment before the child does.
            return OptionalInt.of(child.get().waitFor());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    /** Completes when the process has ended, however it ended. */
    public CompletableFuture<PartProcess> onExit() {
        return handle.onExit().thenApply(ended -> this);
    }

    /**
     * Waits until the part is ready.
     *
     * @throws PartException where it ends first or takes longer than its start time-out; holds the log's last lines
     */
    @SuppressWarnings("BusyWait") // A process on the outside: nothing to be notified by.
    public PartProcess awaitReady() {
        Instant deadline = Instant.now().plus(spec.startTimeout());
        while (!isReady()) {
            if (!isAlive()) {
                throw new PartException("%s ended%s while it started. The end of %s:%n%s"
                        .formatted(
                                spec.name(),
                                exitCode().isPresent()
                                        ? " with code " + exitCode().getAsInt()
                                        : "",
                                logFile,
                                logTail(15)));
            }
            if (Instant.now().isAfter(deadline)) {
                throw new PartException("%s is not ready after %d s. The end of %s:%n%s"
                        .formatted(spec.name(), spec.startTimeout().toSeconds(), logFile, logTail(15)));
            }
            try {
                Thread.sleep(POLL);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PartException("Interrupted while " + spec.name() + " started", e);
            }
        }
        return this;
    }

    /** Asks it to stop, waits for its stop time-out, then kills it. Does nothing where it has ended. */
    public void stop() {
        signal();
        if (!awaitEnd(spec.stopTimeout())) {
            kill();
        }
        deletePidFile();
    }

    /** Only asks; for stopping several parts side by side. */
    public void signal() {
        switch (spec.stopSignal()) {
            case TERM -> handle.destroy();
            case INT -> {
                try {
                    new ProcessBuilder("kill", "-INT", Long.toString(handle.pid()))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor(5, TimeUnit.SECONDS);
                } catch (IOException e) {
                    handle.destroy();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    handle.destroy();
                }
            }
        }
    }

    /** SIGKILL, and waits until it is gone. */
    public void kill() {
        handle.destroyForcibly();
        awaitEnd(Duration.ofSeconds(10));
        deletePidFile();
    }

    /** The last lines of the part's output. */
    public String logTail(int lines) {
        return tail(logFile, lines);
    }

    static String tail(Path file, int lines) {
        try (var channel = Files.newByteChannel(file)) {
            long from = Math.max(0, channel.size() - 64 * 1024);
            channel.position(from);
            var bytes = java.nio.ByteBuffer.allocate((int) (channel.size() - from));
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
            List<String> all = new String(bytes.array(), StandardCharsets.UTF_8)
                    .strip()
                    .lines()
                    .toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private boolean awaitEnd(Duration limit) {
        try {
            handle.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return !handle.isAlive();
        }
        return !handle.isAlive();
    }

    private void writePidFile() throws IOException {
        Files.writeString(pidFile, "%d%n%d%n".formatted(handle.pid(), started));
    }

    private void deletePidFile() {
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            // Stale pid files are harmless: the start in them no longer fits.
        }
    }
}
