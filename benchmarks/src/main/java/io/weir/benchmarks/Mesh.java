package io.weir.benchmarks;

import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.Stages;
import io.weir.cli.mesh.StateFolder;
import io.weir.infra.local.WeirHome;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageStatus.State;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The mesh that is measured: the one that runs from the state folder, or one that is started for the purpose and stopped afterwards.
 *
 * @param startedHere whether closing stops it
 */
record Mesh(Run run, Path state, boolean startedHere) implements AutoCloseable {

    private static final Duration KAFKA_LIMIT = Duration.ofSeconds(10);
    private static final String USER = "shop_app";

    static Mesh find(Path state, Said said) throws IOException, InterruptedException {
        StateFolder folder = new StateFolder(state);
        var running = Run.read(folder).filter(Run::supervisorIsAlive);
        if (running.isPresent()) {
            return new Mesh(running.get(), state, false);
        }
        said.line("no mesh runs from %s: starting one".formatted(state));
        weir(state, "up", "--detach");
        return new Mesh(
                Run.read(folder).orElseThrow(() -> new IllegalStateException("./weir up did not start a mesh")),
                state,
                true);
    }

    private static void weir(Path state, String... arguments) throws IOException, InterruptedException {
        Path home = WeirHome.find();
        ProcessBuilder builder = new ProcessBuilder(home.resolve("weir").toString())
                .directory(home.toFile())
                .inheritIO();
        builder.command().addAll(List.of(arguments));
        builder.command().addAll(List.of("--state", state.toString()));
        // Standard output is for results.
        builder.redirectOutput(ProcessBuilder.Redirect.to(Path.of("/dev/stderr").toFile()));
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IllegalStateException("./weir %s ended with %d".formatted(String.join(" ", arguments), code));
        }
    }

    String kafka() {
        return run.addresses().kafka();
    }

    String shopJdbcUrl() {
        String database = run.addresses().environment().get("SHOP_DB");
        if (database == null) {
            throw new IllegalStateException(
                    "the mesh that runs has no database \"shop\": the benchmark plays in examples/jaffle-shop");
        }
        return "jdbc:postgresql://%s/shop".formatted(database);
    }

    static String password() {
        String password = System.getenv("SHOP_APP_PASSWORD");
        return password == null ? "weir-local" : password;
    }

    /** The stages that read something, once they all run. */
    Set<String> awaitStages(Said said) throws InterruptedException {
        while (true) {
            List<StageStatus> all = Stages.read(kafka(), KAFKA_LIMIT);
            List<StageStatus> working = all.stream()
                    .filter(stage -> !Stages.isStale(stage, System.currentTimeMillis()))
                    .toList();
            if (!working.isEmpty() && working.stream().allMatch(stage -> stage.state() == State.RUNNING)) {
                Set<String> ids = new TreeSet<>();
                working.forEach(stage -> ids.add(stage.stage()));
                return ids;
            }
            said.passing("waiting for the stages to run");
            Thread.sleep(Duration.ofSeconds(1));
        }
    }

    /** Write-ahead log that capture has not confirmed; -1 where it cannot be told. */
    long captureBehindBytes() {
        try (Connection connection = DriverManager.getConnection(shopJdbcUrl(), USER, password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)) FROM pg_replication_slots WHERE database = current_database()")) {
            return row.next() ? row.getLong(1) : -1;
        } catch (SQLException unknown) {
            return -1;
        }
    }

    @Override
    public void close() throws IOException {
        if (startedHere) {
            try {
                weir(state, "down");
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
