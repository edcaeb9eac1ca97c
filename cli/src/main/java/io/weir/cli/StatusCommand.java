package io.weir.cli;

import io.weir.cli.mesh.Databases;
import io.weir.cli.mesh.LocalDomain;
import io.weir.cli.mesh.Processes;
import io.weir.cli.mesh.Progress;
import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.Stages;
import io.weir.cli.mesh.StateFolder;
import io.weir.cli.mesh.StateLock;
import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.stream.StageStatus;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir status}: how the parts, the stages and the databases are. */
@Command(
        name = "status",
        description = "Tells how the parts, stages and databases of the mesh on this machine are.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is well", "1:something is not", "2:no mesh runs"},
        footerHeading = "%nExamples:%n",
        footer = {"  ./weir status", "  ./weir status --output json | jq '.stages[] | {stage, state, lag}'"})
final class StatusCommand implements Callable<Integer> {

    private static final Duration KAFKA_LIMIT = Duration.ofSeconds(5);

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the output (default: text).")
    Output output = Output.TEXT;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** What is printed, as JSON. */
    record Status(
            boolean well,
            Run.State state,
            boolean supervised,
            @Nullable Double readySeconds,
            long memoryBytes,
            String domain,
            Run.Addresses addresses,
            List<PartStatus> parts,
            List<Stage> stages,
            List<Database> databases,
            List<String> remarks) {}

    /** A part, with what the operating system says of it now. */
    record PartStatus(
            String name,
            String state,
            long pid,
            int restarts,
            long uptimeMs,
            long memoryBytes,
            String detail,
            @Nullable String log) {}

    /** A stage's last word; stale where it has been silent since. */
    record Stage(
            boolean stale,
            @com.fasterxml.jackson.annotation.JsonUnwrapped StageStatus status) {}

    /**
     * A database that the domain reads or writes.
     *
     * @param behindBytes of the write-ahead log that capture has not confirmed yet; -1 where it is not captured
     */
    record Database(String name, String address, boolean answers, long behindBytes, String detail) {}

    @Override
    public Integer call() {
        StateFolder state = stateOption.state();
        boolean supervised = StateLock.isHeld(state);
        Run run = Run.read(state)
                .filter(found -> supervised || anyPartRuns(found))
                .orElseThrow(() -> new UserError(
                        ExitCodes.NOT_RUNNING, "No mesh runs from %s. Start one: ./weir up".formatted(state.root())));
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        Status status = look(run, supervised, state.trouble());
        if (output == Output.JSON) {
            terminal.line(Json.pretty(status));
        } else {
            print(status, terminal);
        }
        return status.well() ? ExitCodes.OK : ExitCodes.NOT_WELL;
    }

    private static boolean anyPartRuns(Run run) {
        return run.parts().stream()
                .anyMatch(part -> Processes.find(part.pid(), part.pidStart()).isPresent());
    }

    private static Status look(Run run, boolean supervised, Optional<String> trouble) {
        List<String> remarks = new ArrayList<>();
        trouble.ifPresent(remarks::add);
        if (!supervised) {
            remarks.add(
                    "The supervisor is gone and nothing restarts what dies: ./weir up takes over, ./weir down stops what is left.");
        }
        List<PartStatus> parts = run.parts().stream().map(part -> part(part)).toList();
        List<Stage> stages = new ArrayList<>();
        boolean kafkaAnswers = true;
        try {
            long now = System.currentTimeMillis();
            for (StageStatus stage : Stages.read(run.addresses().kafka(), KAFKA_LIMIT)) {
                stages.add(new Stage(Stages.isStale(stage, now), stage));
            }
        } catch (KafkaException e) {
            kafkaAnswers = false;
            remarks.add("Kafka at %s does not answer, so nothing is known of the stages."
                    .formatted(run.addresses().kafka()));
        }
        List<Database> databases = databases(run, remarks);
        long memory = parts.stream()
                        .mapToLong(part -> Math.max(0, part.memoryBytes()))
                        .sum()
                + (supervised ? Math.max(0, Processes.ownResidentBytes(run.supervisorPid())) : 0);
        boolean well = supervised
                && trouble.isEmpty()
                && kafkaAnswers
                && run.state() == Run.State.RUNNING
                && run.parts().stream().allMatch(StatusCommand::isWell)
                && stages.stream()
                        .allMatch(
                                stage -> !stage.stale() && isWell(stage.status().state()))
                && databases.stream().allMatch(Database::answers);
        return new Status(
                well,
                run.state(),
                supervised,
                run.readySeconds(),
                memory,
                run.domain(),
                run.addresses(),
                parts,
                stages,
                databases,
                remarks);
    }

    private static boolean isWell(Run.Part part) {
        return switch (part.state()) {
            case READY -> Processes.find(part.pid(), part.pidStart()).isPresent();
            case DONE -> true;
            case WAITING, STARTING, NOT_READY, RESTARTING, FAILED, STOPPED -> false;
        };
    }

    private static boolean isWell(StageStatus.State state) {
        return switch (state) {
            case RUNNING, PAUSED -> true;
            case WAITING, STARTING, FAILED, STOPPED -> false;
        };
    }

    private static PartStatus part(Run.Part part) {
        Optional<ProcessHandle> process = Processes.find(part.pid(), part.pidStart());
        boolean gone = part.pid() > 0 && process.isEmpty();
        return new PartStatus(
                part.name(),
                gone ? "gone" : Progress.stateName(part.state()),
                gone ? 0 : part.pid(),
                part.restarts(),
                process.flatMap(handle -> handle.info().startInstant())
                        .map(start -> Duration.between(start, Instant.now()).toMillis())
                        .orElse(-1L),
                process.map(handle -> Processes.residentBytes(handle.pid())).orElse(-1L),
                part.detail(),
                part.log());
    }

    private static List<Database> databases(Run run, List<String> remarks) {
        Domain domain;
        try {
            domain = DomainFolder.load(
                    Path.of(run.domain()),
                    name -> run.addresses().environment().getOrDefault(name, System.getenv(name)));
        } catch (ProblemsException e) {
            remarks.add("The domain's files have changed and are not valid: ./weir check " + run.domain());
            return List.of();
        }
        List<Database> databases = new ArrayList<>();
        for (Connection connection : LocalDomain.connections(domain)) {
            Database database = database(connection, run);
            if (!databases.contains(database)) {
                databases.add(database);
            }
        }
        return databases;
    }

    private static Database database(Connection connection, Run run) {
        String address = connection.host() + ":" + connection.port();
        try (java.sql.Connection session =
                        Databases.open(connection, run.addresses().environment());
                Statement statement = session.createStatement();
                ResultSet slots = statement.executeQuery(
                        "SELECT active, COALESCE(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)"
                                + " FROM pg_replication_slots WHERE database = current_database() AND slot_name LIKE 'weir%'")) {
            if (!slots.next()) {
                return new Database(connection.database(), address, true, -1, "answers");
            }
            long behind = Math.max(0, slots.getLong(2));
            return new Database(
                    connection.database(),
                    address,
                    true,
                    behind,
                    slots.getBoolean(1)
                            ? "captured, %s behind".formatted(Texts.size(behind))
                            : "capture is not connected, %s behind".formatted(Texts.size(behind)));
        } catch (SQLException | RuntimeException e) {
            return new Database(
                    connection.database(),
                    address,
                    false,
                    -1,
                    String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private static void print(Status status, Terminal terminal) {
        TextTable parts = new TextTable("PART", "STATE", ">PID", ">RESTARTS", ">UPTIME", ">MEMORY", "");
        for (PartStatus part : status.parts()) {
            if (part.state().equals("done")) {
                continue;
            }
            String state =
                    switch (part.state()) {
                        case "ready" -> terminal.green(part.state());
                        case "failed", "gone" -> terminal.red(part.state());
                        default -> terminal.yellow(part.state());
                    };
            parts.row(
                    part.name(),
                    state,
                    part.pid() == 0 ? "-" : Long.toString(part.pid()),
                    part.restarts() == 0 ? "0" : terminal.yellow(Integer.toString(part.restarts())),
                    part.uptimeMs() < 0 ? "-" : Texts.duration(Duration.ofMillis(part.uptimeMs())),
                    Texts.size(part.memoryBytes()),
                    part.detail());
        }
        parts.lines().forEach(terminal::line);
        terminal.line("");
        TextTable stages = new TextTable(
                "STAGE", "STATE", ">ROWS IN", ">ROWS OUT", ">LAG", ">QUARANTINED", ">P50 MS", ">P99 MS", "");
        for (Stage stage : status.stages()) {
            StageStatus said = stage.status();
            String name = stage.stale() ? "silent" : said.state().name().toLowerCase(Locale.ROOT);
            String detail = said.detail() == null ? "" : said.detail();
            stages.row(
                    said.stage(),
                    stage.stale() || !isWell(said.state()) ? terminal.yellow(name) : terminal.green(name),
                    Texts.count(said.rowsIn()),
                    Texts.count(said.rowsOut()),
                    Texts.count(said.lag()),
                    said.quarantined() == 0 ? "0" : terminal.yellow(Texts.count(said.quarantined())),
                    Texts.count(said.freshnessP50Ms()),
                    Texts.count(said.freshnessP99Ms()),
                    stage.stale()
                            ? "last word %s ago"
                                    .formatted(Texts.duration(
                                            Duration.ofMillis(System.currentTimeMillis() - said.updatedAtMs())))
                            : detail);
        }
        if (stages.isEmpty()) {
            terminal.line("No stage has said anything yet.");
        } else {
            stages.lines().forEach(terminal::line);
        }
        terminal.line("");
        TextTable databases = new TextTable("DATABASE", "ADDRESS", "STATE");
        for (Database database : status.databases()) {
            databases.row(
                    database.name(),
                    database.address(),
                    database.answers() ? terminal.green(database.detail()) : terminal.red(database.detail()));
        }
        databases.lines().forEach(terminal::line);
        terminal.line("");
        status.remarks().forEach(remark -> terminal.line(terminal.yellow(remark)));
        terminal.line("%s; %s resident in all"
                .formatted(
                        status.well() ? terminal.green("All is well") : terminal.red("Not all is well"),
                        Texts.size(status.memoryBytes())));
    }
}
