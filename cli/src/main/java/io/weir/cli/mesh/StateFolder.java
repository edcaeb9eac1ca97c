package io.weir.cli.mesh;

import io.weir.cli.UserError;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Where a mesh on this machine keeps everything: {@code data/}, {@code logs/}, {@code pids/}, {@code run.json}. */
public record StateFolder(Path root) {

    /** Free space below which {@code up} does not start: Kafka and PostgreSQL stop in an ugly way on a full disk. */
    private static final long NEEDED_BYTES = 1_000_000_000;

    /** Free space below which a running mesh says that the disk is full: Kafka and PostgreSQL take some MB at a time. */
    private static final long LOW_BYTES = 100_000_000;

    public StateFolder {
        root = root.toAbsolutePath().normalize();
    }

    public Path data(String part) {
        return root.resolve("data").resolve(part);
    }

    public Path logs() {
        return root.resolve("logs");
    }

    public Path log(String part) {
        return logs().resolve(part + ".log");
    }

    public Path pid(String part) {
        return root.resolve("pids").resolve(part + ".pid");
    }

    public Path pids() {
        return root.resolve("pids");
    }

    public Path run() {
        return root.resolve("run.json");
    }

    public Path lock() {
        return root.resolve("lock");
    }

    /** The supervisor's process id alone, for the shell script. */
    public Path supervisorPid() {
        return root.resolve("supervisor.pid");
    }

    /**
     * Makes the folder and proves that it can be written to and has room.
     *
     * @throws UserError where not
     */
    public void prepare() {
        try {
            Files.createDirectories(logs());
            Files.createDirectories(pids());
            probe();
            long free = free();
            if (free < NEEDED_BYTES) {
                throw new UserError(
                        "The disk of %s has %d MB left; Weir needs %d MB to start. Free some, or choose another folder: --state DIR."
                                .formatted(root, free / 1_000_000, NEEDED_BYTES / 1_000_000));
            }
        } catch (IOException e) {
            throw new UserError(
                    "%s cannot be written to (%s). Check its owner and that the disk is neither full nor read-only, or choose another folder: --state DIR."
                            .formatted(root, reason(e)));
        }
    }

    /** What a running mesh suffers from, or soon will, and what helps; empty where all is well. */
    public Optional<String> trouble() {
        try {
            long free = free();
            if (free < LOW_BYTES) {
                return Optional.of(
                        "The disk of %s is full (%d MB left). Parts that cannot write stop, and nothing that they confirmed is lost. Free some space: all goes on by itself."
                                .formatted(root, free / 1_000_000));
            }
            probe();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "%s cannot be written to (%s). Parts that cannot write stop, and nothing that they confirmed is lost. Make it writable: all goes on by itself."
                            .formatted(root, reason(e)));
        }
    }

    private void probe() throws IOException {
        Path probe = Files.createTempFile(root, "probe", null);
        try {
            Files.write(probe, new byte[4096]);
        } finally {
            Files.delete(probe);
        }
    }

    private long free() throws IOException {
        return Files.getFileStore(root).getUsableSpace();
    }

    /** Deletes everything in it, and itself. */
    public void delete() {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UserError("%s cannot be deleted: %s".formatted(root, reason(e)));
        }
    }

    static String reason(IOException e) {
        if (e instanceof FileSystemException told && told.getReason() != null) {
            return told.getReason();
        }
        String kind = e.getClass().getSimpleName().replace("Exception", "");
        return e.getMessage() == null ? kind : kind + ": " + e.getMessage();
    }
}
