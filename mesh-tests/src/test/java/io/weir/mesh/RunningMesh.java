package io.weir.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.kit.testkit.TestKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A whole mesh as a user starts it: {@code weir up --detach} in a state folder and on ports of its own. */
final class RunningMesh implements AutoCloseable {

    static final Path HOME = Path.of(System.getProperty("weir.home"));

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a command printed, and its exit code. */
    record Answer(int exitCode, String out, String err) {

        JsonNode json() {
            try {
                return JSON.readTree(out);
            } catch (IOException e) {
                throw new UncheckedIOException("not JSON: " + out + err, e);
            }
        }
    }

    private final Path state;
    private final Map<String, String> environment;

    private RunningMesh(Path state, Map<String, String> environment) {
        this.state = state;
        this.environment = environment;
    }

    /** Starts a mesh on {@code domain} without traffic; an {@link AssertionError} holds what was printed where it does not come up. */
    static RunningMesh start(Path state, Path domain, String... more) {
        return start(state, domain, Map.of(), more);
    }

    /** As above, with these variables in the environment of each command. */
    static RunningMesh start(Path state, Path domain, Map<String, String> environment, String... more) {
        RunningMesh mesh = new RunningMesh(state, environment);
        List<String> arguments = new ArrayList<>(List.of(
                "up",
                domain.toString(),
                "--detach",
                "--no-demo",
                "--no-startup-caches",
                "--port-base",
                Integer.toString(freePorts())));
        arguments.addAll(List.of(more));
        Answer answer = mesh.weir(arguments.toArray(String[]::new));
        if (answer.exitCode() != 0) {
            throw new AssertionError("weir up failed:\n" + answer.out() + answer.err() + mesh.logs());
        }
        return mesh;
    }

    /** Runs a command of the command line against this mesh. */
    Answer weir(String... arguments) {
        try {
            Path out = Files.createTempFile("weir", ".out");
            Path err = Files.createTempFile("weir", ".err");
            Process process = begin(
                    ProcessBuilder.Redirect.to(out.toFile()), ProcessBuilder.Redirect.to(err.toFile()), arguments);
            if (!process.waitFor(15, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                throw new AssertionError("no end: weir " + String.join(" ", arguments) + "\n" + Files.readString(out));
            }
            return new Answer(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Begins a command that does not end by itself; nobody reads what it prints. */
    Process begin(String... arguments) {
        try {
            return begin(ProcessBuilder.Redirect.DISCARD, ProcessBuilder.Redirect.DISCARD, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Process begin(ProcessBuilder.Redirect out, ProcessBuilder.Redirect err, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                HOME.resolve("cli/target/weir-cli.jar").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(HOME.toFile())
                .redirectOutput(out)
                .redirectError(err);
        builder.environment().put("WEIR_HOME", HOME.toString());
        builder.environment().put("WEIR_STATE", state.toString());
        builder.environment().putAll(environment);
        return builder.start();
    }

    JsonNode status() {
        return weir("status", "--output", "json").json();
    }

    /** What is not well, empty where all is: parts as the supervisor writes them down, stages by what they have said since then. */
    String troubleSince(long timeMs) {
        StringBuilder trouble = new StringBuilder();
        for (JsonNode part : record().path("parts")) {
            if (!Set.of("READY", "DONE").contains(part.path("state").asText())) {
                trouble.append(part).append('\n');
            }
        }
        if (trouble.isEmpty()) {
            for (JsonNode stage : stages()) {
                if (!Set.of("RUNNING", "PAUSED").contains(stage.path("state").asText())
                        || stage.path("updatedAtMs").asLong() < timeMs) {
                    trouble.append(stage).append('\n');
                }
            }
        }
        return trouble.toString();
    }

    /** The last word of each stage: as {@code status} tells it, without the start of a process for each look. */
    Collection<JsonNode> stages() {
        Map<String, JsonNode> stages = new LinkedHashMap<>();
        said().forEach(stage -> stages.put(stage.path("stage").asText(), stage));
        return stages.values();
    }

    /** All that one stage has said of itself, as far as it is kept. */
    Stream<JsonNode> said(String stage) {
        return said().filter(said -> said.path("stage").asText().equals(stage));
    }

    private Stream<JsonNode> said() {
        return new TestKafka(kafka())
                .records("weir.stages").stream()
                        .filter(record -> record.value() != null)
                        .map(record -> read(record.value()));
    }

    /** The process id of a part; 0 while it is not ready. */
    long readyPid(String part) {
        for (JsonNode each : record().path("parts")) {
            if (each.path("name").asText().equals(part)) {
                return each.path("state").asText().equals("READY")
                        ? each.path("pid").asLong()
                        : 0;
            }
        }
        throw new IllegalArgumentException("no part " + part + " in " + record());
    }

    List<String> parts() {
        List<String> names = new ArrayList<>();
        record().path("parts").forEach(part -> {
            if (part.path("pid").asLong() > 0) {
                names.add(part.path("name").asText());
            }
        });
        return names;
    }

    String address(String service) {
        return record().path("addresses").path("services").path(service).asText();
    }

    String kafka() {
        return record().path("addresses").path("kafka").asText();
    }

    /** What the supervisor writes down, at each change. */
    private JsonNode record() {
        try {
            return read(Files.readAllBytes(state.resolve("run.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode read(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a statement; the rows of a query by column name, an empty list for any other. */
    List<Map<String, @Nullable Object>> sql(String database, String statement) {
        String address = record().path("addresses").path("postgres").asText();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://%s/%s?user=postgres&password=postgres".formatted(address, database));
                Statement sql = connection.createStatement()) {
            if (sql.execute(statement)) {
                try (ResultSet result = sql.getResultSet()) {
                    ResultSetMetaData columns = result.getMetaData();
                    while (result.next()) {
                        Map<String, @Nullable Object> row = new LinkedHashMap<>();
                        for (int i = 1; i <= columns.getColumnCount(); i++) {
                            row.put(columns.getColumnLabel(i), result.getObject(i));
                        }
                        rows.add(row);
                    }
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException("%s: %s".formatted(statement, e.getMessage()), e);
        }
    }

    /** The last lines of every part's log, for a failure's message. */
    String logs() {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> logs = Files.list(state.resolve("logs"))) {
            for (Path log : logs.sorted().toList()) {
                List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
                text.append("\n--- ").append(log.getFileName()).append('\n');
                lines.stream().skip(Math.max(0, lines.size() - 25)).forEach(line -> text.append(line)
                        .append('\n'));
            }
        } catch (IOException e) {
            text.append(e);
        }
        return text.toString();
    }

    @Override
    public void close() {
        weir("down", "--purge");
    }

    /** The first of 20 ports in a row that are free now; below those that the testkit takes. */
    private static int freePorts() {
        for (int base = 10_000 + (int) (ProcessHandle.current().pid() % 400) * 20; base < 20_000; base += 20) {
            if (areFree(base)) {
                return base;
            }
        }
        throw new IllegalStateException("no 20 free ports in a row");
    }

    private static boolean areFree(int base) {
        for (int port = base; port < base + 20; port++) {
            try (ServerSocket socket = new ServerSocket(port)) {
                socket.setReuseAddress(true);
            } catch (IOException taken) {
                return false;
            }
        }
        return true;
    }
}
