package io.weir.cli;

import io.weir.cli.demo.Simulator;
import io.weir.cli.demo.SimulatorException;
import io.weir.cli.demo.SimulatorListener;
import io.weir.cli.demo.SimulatorOptions;
import io.weir.cli.demo.SimulatorReport;
import io.weir.cli.mesh.Run;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir demo}: plays the shops in the example's database. */
@Command(
        name = "demo",
        description = {
            "Writes plausible traffic, with real-world dirt, into the example's database shop.",
            "",
            "'weir up' does so by itself, gently; this comes on top. The same seed on the same data writes the same rows.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it did its share, or was interrupted",
            "1:the database cannot be worked with",
            "2:no mesh runs"
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./weir demo --rate 200", "  ./weir demo --once --scale 10 --rate max"})
final class DemoCommand implements Callable<Integer> {

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "50",
            description = "Changes a second, or 'max' (default: ${DEFAULT-VALUE}).")
    String rate = "";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "42",
            description = "Start of the random numbers (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            description =
                    "Where the tables are empty: 200 customers and 500 orders for each unit (default: ${DEFAULT-VALUE}).")
    int scale;

    @Option(names = "--once", description = "Stop after 1000 changes for each unit of scale.")
    boolean once;

    @Option(names = "--changes", paramLabel = "N", description = "Stop after so many changes.")
    @Nullable
    Long changes;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "json: a report on a line, about once a second (default: text).")
    Output output = Output.TEXT;

    @Option(names = "--background", hidden = true, description = "As a part of the mesh: says only what matters.")
    boolean background;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Run run = RunningMesh.require(stateOption.state());
        String database = run.addresses().environment().getOrDefault("SHOP_DB", "");
        if (database.isEmpty()) {
            throw new UserError(
                    ExitCodes.NOT_RUNNING,
                    "The mesh that runs has no database \"shop\": the demo plays in examples/jaffle-shop.");
        }
        String password = System.getenv("SHOP_APP_PASSWORD");
        SimulatorOptions options;
        try {
            options = new SimulatorOptions(
                    "jdbc:postgresql://%s/shop".formatted(database),
                    SimulatorOptions.DEFAULT_USER,
                    password == null ? "weir-local" : password,
                    rate(),
                    seed,
                    scale,
                    changes == null ? OptionalLong.empty() : OptionalLong.of(changes));
        } catch (IllegalArgumentException e) {
            throw new UserError(ExitCodes.NOT_RUNNING, String.valueOf(e.getMessage()));
        }
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        Show show = new Show(terminal);
        Thread simulation = Thread.currentThread();
        Thread stop = new Thread(() -> {
            simulation.interrupt();
            try {
                simulation.join(3000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        Runtime.getRuntime().addShutdownHook(stop);
        try {
            SimulatorReport report = new Simulator(once ? options.once() : options, show).run();
            show.end(report);
            return ExitCodes.OK;
        } catch (SimulatorException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private double rate() {
        if (rate.equals("max")) {
            return SimulatorOptions.UNLIMITED;
        }
        try {
            return Double.parseDouble(rate);
        } catch (NumberFormatException e) {
            throw new UserError(ExitCodes.NOT_RUNNING, "--rate %s is neither a number nor 'max'".formatted(rate));
        }
    }

    /** What a person sees of it: one line that changes, on a terminal; else a line every ten seconds. */
    private final class Show implements SimulatorListener {

        private final Terminal terminal;
        private long reports;

        Show(Terminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void progress(SimulatorReport report) {
            reports++;
            if (background) {
                if (reports % 60 == 1) {
                    terminal.line(text(report));
                }
            } else if (output == Output.JSON) {
                terminal.line(Json.compact(report));
            } else if (terminal.interactive()) {
                terminal.transientLine(text(report));
            } else if (reports % 10 == 1) {
                terminal.line(text(report));
            }
        }

        @Override
        public void disconnected(String reason, Duration wait) {
            say(terminal.yellow(reason));
        }

        @Override
        public void reconnected() {
            say(terminal.green("The database is back."));
        }

        void end(SimulatorReport report) {
            if (output == Output.TEXT && !background) {
                say(text(report));
                report.events().entrySet().stream()
                        .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                        .forEach(event -> terminal.line("  %-24s %10s"
                                .formatted(
                                        event.getKey()
                                                .name()
                                                .toLowerCase(Locale.ROOT)
                                                .replace('_', ' '),
                                        Texts.count(event.getValue()))));
            }
        }

        private void say(String text) {
            if (terminal.interactive()) {
                terminal.transientLine("");
            }
            if (output == Output.TEXT) {
                terminal.line(text);
            }
        }

        private String text(SimulatorReport report) {
            String events = report.events().entrySet().stream()
                    .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                    .limit(3)
                    .map(event -> "%s %s"
                            .formatted(
                                    Texts.count(event.getValue()),
                                    event.getKey()
                                            .name()
                                            .toLowerCase(Locale.ROOT)
                                            .replace('_', ' ')))
                    .collect(Collectors.joining(", "));
            return "%s changes in %s, now %.0f/s (%s)"
                    .formatted(Texts.count(report.changes()), Texts.duration(report.elapsed()), report.rate(), events);
        }
    }
}
