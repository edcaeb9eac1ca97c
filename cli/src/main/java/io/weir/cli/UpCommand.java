package io.weir.cli;

import io.weir.cli.mesh.Housekeeping;
import io.weir.cli.mesh.LocalDomain;
import io.weir.cli.mesh.MeshPlan;
import io.weir.cli.mesh.MeshRequest;
import io.weir.cli.mesh.Orphans;
import io.weir.cli.mesh.PortCheck;
import io.weir.cli.mesh.Ports;
import io.weir.cli.mesh.Progress;
import io.weir.cli.mesh.Run;
import io.weir.cli.mesh.Sessions;
import io.weir.cli.mesh.StateFolder;
import io.weir.cli.mesh.StateLock;
import io.weir.cli.mesh.Supervisor;
import io.weir.cli.mesh.Training;
import io.weir.infra.local.PartException;
import io.weir.infra.local.ProcessStart;
import io.weir.infra.local.StartupCache;
import io.weir.infra.local.WeirHome;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir up}: starts the mesh and supervises it. */
@Command(
        name = "up",
        description = {
            "Starts the whole mesh on this machine and keeps it running.",
            "",
            "Kafka, PostgreSQL, Apicurio Registry, Debezium Server and the five services, each a process of its own on"
                    + " loopback. A second start goes on where the first stopped. Ctrl-C stops everything.",
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it was up, and was stopped in order",
            "1:it could not start: the message says which part and why",
            "2:the command line is wrong, or a mesh runs already",
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./weir up",
            "  ./weir up --detach --rate 50",
            "  ./weir up my-domain --no-demo --source postgresql://db.example:5432/shop",
        })
final class UpCommand implements Callable<Integer> {

    private static final Path EXAMPLE = Path.of("examples/jaffle-shop");

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The domain's folder (default: examples/jaffle-shop).")
    @Nullable
    Path domain;

    @Option(
            names = {"-d", "--detach"},
            description = "Return when all is up, and leave it running for 'weir down'.")
    boolean detach;

    @Option(names = "--no-demo", description = "Without the simulator's traffic.")
    boolean noDemo;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "5",
            description = "Changes a second of the simulator (default: ${DEFAULT-VALUE}).")
    double rate;

    @Option(names = "--kafka", paramLabel = "HOST:PORT", description = "Use this Kafka instead of starting one.")
    @Nullable
    String kafka;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "Use this Apicurio Registry (its v3 API: http://host:port/apis/registry/v3).")
    @Nullable
    String registry;

    @Option(
            names = "--source",
            paramLabel = "URL",
            description =
                    "Use this database (postgresql://host:port/database) instead of our own of the same name. May be given several times.")
    List<String> sources = new ArrayList<>();

    @Option(
            names = "--otlp",
            paramLabel = "URL",
            description =
                    "Send traces there: OTLP over gRPC (http://localhost:4317) or over HTTP (http://localhost:4318/v1/traces).")
    @Nullable
    String otlp;

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the services' logs (default: text).")
    Output logFormat = Output.TEXT;

    @Option(
            names = "--throughput",
            description =
                    "For thousands of changes a second: every part runs with the optimising compiler and twice the heap, and stages gather a second of changes in a transaction. A change takes less processor time, the start two thirds longer, all parts together some 3 GB.")
    boolean throughput;

    @Option(
            names = "--no-startup-caches",
            description =
                    "Do not make start-up caches (target/startup-caches, some 600 MB) in the background after the first start of a build. With them later starts take half the time.")
    boolean noStartupCaches;

    @Mixin
    StateOption stateOption = new StateOption();

    @Mixin
    PortOptions portOptions = new PortOptions();

    @Option(names = "--background", hidden = true, description = "This is the supervisor that --detach has started.")
    boolean background;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws Exception {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        StateFolder state = stateOption.state();
        state.prepare();
        if (detach && !background) {
            return startInBackground(state, terminal);
        }
        Optional<StateLock> lock = StateLock.tryAcquire(state);
        if (lock.isEmpty()) {
            throw alreadyRunning(state);
        }
        try {
            return supervise(state, terminal);
        } finally {
            lock.get().close();
        }
    }

    private int supervise(StateFolder state, Terminal terminal) throws Exception {
        Path home = WeirHome.find();
        Ports ports = portOptions.ports();
        Path folder = domain == null ? home.resolve(EXAMPLE) : domain;
        LocalDomain local = LocalDomain.load(folder, ports.postgres(), sources, System::getenv);
        boolean simulated =
                !noDemo && local.embedded().contains("shop") && Files.exists(folder.resolve("database/shop.sql"));
        MeshRequest request = new MeshRequest(
                folder,
                ports,
                Optional.ofNullable(kafka),
                Optional.ofNullable(registry),
                sources,
                simulated ? Optional.of(rate) : Optional.empty(),
                Optional.ofNullable(otlp),
                logFormat == Output.JSON,
                throughput);
        MeshPlan plan =
                MeshPlan.of(home, state, request, local, new StartupCache(home.resolve("target/startup-caches")));
        List<Orphans.Orphan> orphans = Orphans.find(state);
        if (!orphans.isEmpty()) {
            terminal.line("Stopping what an earlier run left behind: "
                    + String.join(
                            ", ", orphans.stream().map(Orphans.Orphan::part).toList()));
            Orphans.stop(orphans);
        }
        List<String> taken = PortCheck.problems(plan.ports());
        if (!taken.isEmpty()) {
            throw new UserError(String.join("\n      ", taken));
        }
        return run(state, terminal, plan, folder, simulated);
    }

    private int run(StateFolder state, Terminal terminal, MeshPlan plan, Path folder, boolean simulated)
            throws Exception {
        Progress progress = new Progress(terminal);
        RunRecord record = new RunRecord(state, plan, folder, simulated);
        Supervisor supervisor = new Supervisor(state, plan.steps(), Clock.systemUTC(), parts -> {
            record.write(parts);
            if (record.state != Run.State.RUNNING) {
                progress.show(parts);
            }
        });
        CountDownLatch stopped = new CountDownLatch(1);
        AtomicReference<@Nullable Training> training = new AtomicReference<>();
        Thread stop = new Thread(() -> {
            if (!record.failed) {
                terminal.line("");
                terminal.line("Stopping ...");
            }
            record.state = Run.State.STOPPING;
            Optional.ofNullable(training.get()).ifPresent(Training::close);
            supervisor.stop();
            record.state = Run.State.STOPPED;
            record.write(supervisor.parts());
            deleteQuietly(state.supervisorPid());
            if (!record.failed) {
                terminal.line("Stopped. The state is kept in " + state.root() + ": ./weir up goes on from there.");
            }
            stopped.countDown();
        });
        Files.writeString(state.supervisorPid(), ProcessHandle.current().pid() + "\n");
        Runtime.getRuntime().addShutdownHook(stop);
        terminal.line("Starting the mesh of " + folder);
        try {
            supervisor.start();
        } catch (PartException e) {
            if (record.state == Run.State.STOPPING) {
                stopped.await();
            }
            record.failed = true;
            throw new UserError(String.valueOf(e.getMessage()));
        }
        Duration took = Duration.ofMillis(System.currentTimeMillis()
                - ManagementFactory.getRuntimeMXBean().getStartTime());
        record.readySeconds = took.toMillis() / 1000.0;
        record.state = Run.State.RUNNING;
        record.write(supervisor.parts());
        // From here on it only watches: what the start needed goes back to the system.
        System.gc();
        new Summary(terminal).print(Run.read(state).orElseThrow(), took);
        if (!background) {
            terminal.line("");
            terminal.line(terminal.dim("Ctrl-C stops everything; ./weir status in another terminal tells how it is."));
        }
        if (!noStartupCaches) {
            Training begun = plan.train(word -> terminal.line(terminal.yellow(word)));
            training.set(begun);
            if (record.state == Run.State.STOPPING) {
                begun.close();
            }
        }
        // Only the shutdown hook ends this.
        try (Housekeeping _ = Housekeeping.start(state, word -> {
            terminal.line(terminal.yellow(word));
            // What changed while nothing could be written is not written down yet.
            record.write(supervisor.parts());
        })) {
            stopped.await();
        }
        return ExitCodes.OK;
    }

    /** What is written to run.json. */
    private static final class RunRecord {
        private final StateFolder folder;
        private final MeshPlan plan;
        private final Path domain;
        private final boolean demo;
        private final long pid = ProcessHandle.current().pid();
        private final long start = ProcessStart.of(ProcessHandle.current());
        volatile Run.State state = Run.State.STARTING;
        volatile boolean failed;
        volatile @Nullable Double readySeconds;

        RunRecord(StateFolder folder, MeshPlan plan, Path domain, boolean demo) {
            this.folder = folder;
            this.plan = plan;
            this.domain = domain.toAbsolutePath().normalize();
            this.demo = demo;
        }

        synchronized void write(List<Run.Part> parts) {
            try {
                new Run(pid, start, state, readySeconds, domain.toString(), plan.addresses(), demo, parts)
                        .write(folder);
            } catch (IOException e) {
                // A full disk must not end the supervisor, which tells of it elsewhere; the next change tries again.
            }
        }
    }

    private int startInBackground(StateFolder state, Terminal terminal) throws IOException, InterruptedException {
        if (StateLock.isHeld(state)) {
            throw alreadyRunning(state);
        }
        List<String> command = new ArrayList<>(Sessions.prefix());
        command.add(WeirHome.java());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Weir.class.getName()));
        command.addAll(spec.commandLine().getParent().getParseResult().originalArgs());
        command.add("--background");
        Path log = state.log("up");
        Files.deleteIfExists(state.run());
        long logFrom = Files.exists(log) ? Files.size(log) : 0;
        Process supervisor = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Progress progress = new Progress(terminal);
        while (true) {
            boolean ended = supervisor.waitFor(200, java.util.concurrent.TimeUnit.MILLISECONDS);
            Optional<Run> run = Run.read(state).filter(now -> now.supervisorPid() == supervisor.pid());
            if (ended) {
                byte[] said = Files.readAllBytes(log);
                String message = new String(
                        said, (int) logFrom, (int) (said.length - logFrom), java.nio.charset.StandardCharsets.UTF_8);
                spec.commandLine().getErr().println(message.strip());
                return supervisor.exitValue() == 0 ? ExitCodes.NOT_WELL : supervisor.exitValue();
            }
            run.ifPresent(now -> progress.show(now.parts()));
            if (run.isPresent() && run.get().state() == Run.State.RUNNING) {
                Double seconds = run.get().readySeconds();
                new Summary(terminal)
                        .print(run.get(), Duration.ofMillis(Math.round(1000 * (seconds == null ? 0 : seconds))));
                terminal.line("");
                terminal.line(terminal.dim(
                        "It runs in the background: ./weir status tells how it is, ./weir down stops it."));
                return ExitCodes.OK;
            }
        }
    }

    private static UserError alreadyRunning(StateFolder state) {
        String who = Run.read(state)
                .map(run -> " (process %d)".formatted(run.supervisorPid()))
                .orElse("");
        return new UserError(
                ExitCodes.NOT_RUNNING,
                "A mesh runs already from %s%s. ./weir status tells how it is, ./weir down stops it; a second one beside it needs --state DIR and --port-base N."
                        .formatted(state.root(), who));
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It names a process that is about to end.
        }
    }
}
