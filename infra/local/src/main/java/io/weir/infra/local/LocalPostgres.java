package io.weir.infra.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A PostgreSQL server as a process on loopback, with logical decoding on and durable: the server itself is the part, no
 * JVM around it. The superuser is {@value #USER} with password {@value #PASSWORD}; every connection needs a password.
 */
public final class LocalPostgres {

    public static final String USER = "postgres";

    public static final String PASSWORD = "postgres";

    private static final int ORPHAN_POLLS = 250;
    private static final int ORPHAN_POLL_MS = 20;

    private LocalPostgres() {}

    /** A server whose data is kept in {@code folder}. */
    public static PartSpec part(Path home, Path folder, int port) {
        return part(home, folder, port, true);
    }

    /** A server for tests, whose data need not survive the machine: as {@link #part}, without waiting for the disk. */
    public static PartSpec partForTests(Path home, Path folder, int port) {
        return part(home, folder, port, false);
    }

    public static String jdbcUrl(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }

    private static PartSpec part(Path home, Path folder, int port, boolean fsync) {
        Path binaries = WeirHome.built(home, "infra/local/target/postgres/bin");
        Path data = folder.toAbsolutePath().resolve("data");
        List<String> command = unprivileged(List.of(
                binaries.resolve("postgres").toString(),
                "-D",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories=",
                "-c",
                "wal_level=logical",
                "-c",
                "fsync=" + (fsync ? "on" : "off"),
                "-c",
                "max_wal_senders=16",
                "-c",
                "max_replication_slots=16",
                "-c",
                "max_active_replication_origins=32",
                "-c",
                "max_connections=100",
                "-c",
                "shared_buffers=32MB",
                "-c",
                "max_wal_size=512MB",
                "-c",
                "jit=off",
                "-c",
                "timezone=UTC",
                "-c",
                "log_timezone=UTC"));
        return PartSpec.of("postgres", command, folder, () -> serves(data, port))
                .withPreparation(() -> prepare(binaries, data))
                .withLiveness(PartSpec.Liveness.of(Readiness.postgres(port)))
                .withStopSignal(PartSpec.StopSignal.INT)
                .withTimeouts(Duration.ofMinutes(5), Duration.ofSeconds(20));
    }

    /** A server that was left behind is stopped, an interrupted initdb is repeated, a new folder is initialised. */
    private static void prepare(Path binaries, Path data) {
        try {
            stopLeftBehind(data);
            awaitOrphans(data);
            if (Files.exists(data.resolve("PG_VERSION"))) {
                return;
            }
            Path fresh = data.resolveSibling("data.new");
            Folders.delete(fresh);
            Files.createDirectories(fresh.getParent());
            Path passwordFile = Files.createTempFile(
                    fresh.getParent(),
                    "initdb",
                    ".tmp",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try {
                Files.writeString(passwordFile, PASSWORD);
                initialise(binaries, fresh, passwordFile);
            } finally {
                Files.delete(passwordFile);
            }
            Files.move(fresh, data);
        } catch (IOException e) {
            throw new PartException(
                    "PostgreSQL's folder %s cannot be prepared: %s. Check that it is writable and the disk is not full."
                            .formatted(data, e),
                    e);
        }
    }

    private static void initialise(Path binaries, Path data, Path passwordFile) throws IOException {
        List<String> command = unprivileged(List.of(
                binaries.resolve("initdb").toString(),
                "-D",
                data.toString(),
                "-U",
                USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--no-sync"));
        Path log = data.resolveSibling("initdb.log");
        Process initdb = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!initdb.waitFor(5, TimeUnit.MINUTES) || initdb.exitValue() != 0) {
                initdb.destroyForcibly();
                throw new IOException("initdb failed:\n" + PartProcess.tail(log, 15));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while initdb ran", e);
        }
        Files.delete(log);
    }

    /** A server outlives whoever started it: the next start would attach to it, or fail, with settings of another day. */
    private static void stopLeftBehind(Path data) throws IOException {
        Optional<ProcessHandle> left = server(data);
        if (left.isEmpty()) {
            return;
        }
        try {
            for (String signal : List.of("-INT", "-QUIT", "-KILL")) {
                new ProcessBuilder("kill", signal, Long.toString(left.get().pid()))
                        .start()
                        .waitFor();
                try {
                    left.get().onExit().get(10, TimeUnit.SECONDS);
                    return;
                } catch (TimeoutException e) {
                    // The next signal is less polite.
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IOException(e);
        }
        throw new IOException("process %d still uses it and does not stop; stop it, then try again"
                .formatted(left.get().pid()));
    }

    /**
     * The children of a server that was killed notice it a moment later, and until then the next one refuses to start. They are known by
     * their working directory, where the system tells it.
     */
    @SuppressWarnings("BusyWait") // Somebody else's processes: nothing to be notified by.
    private static void awaitOrphans(Path data) throws IOException {
        for (int attempt = 0; attempt < ORPHAN_POLLS; attempt++) {
            List<ProcessHandle> orphans = ProcessHandle.allProcesses()
                    .filter(process -> worksIn(process, data))
                    .toList();
            if (orphans.isEmpty()) {
                return;
            }
            if (attempt == ORPHAN_POLLS - 1) {
                orphans.forEach(ProcessHandle::destroyForcibly);
            }
            try {
                Thread.sleep(ORPHAN_POLL_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the last server's processes to end", e);
            }
        }
    }

    private static boolean worksIn(ProcessHandle process, Path data) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd"))
                    .equals(data);
        } catch (IOException e) {
            return false;
        }
    }

    /** The live PostgreSQL that serves this data directory, by its pid file; a recycled process id is not taken for it. */
    private static Optional<ProcessHandle> server(Path data) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.size() < 2 || !lines.get(0).matches("\\d+")) {
            return Optional.empty();
        }
        return ProcessHandle.of(Long.parseLong(lines.get(0)))
                .filter(ProcessHandle::isAlive)
                .filter(handle -> handle.info().commandLine().orElse("").contains(data.toString()));
    }

    /** Its pid file says "ready" on the eighth line; before, it listens and refuses. */
    private static boolean serves(Path data, int port) throws IOException {
        List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
        if (lines.size() < 8 || !lines.get(7).strip().equals("ready")) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), Readiness.TIMEOUT_MS);
            return true;
        }
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is nobody, and the files are still its. */
    private static List<String> unprivileged(List<String> command) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return command;
        }
        List<String> wrapped = new ArrayList<>(List.of("unshare", "-U"));
        wrapped.addAll(command);
        return wrapped;
    }
}
