package io.weir.benchmarks.comparison;

import io.weir.benchmarks.Said;
import io.weir.benchmarks.comparison.Outcome.Round;
import io.weir.cli.Json;
import io.weir.infra.local.WeirHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code weir bench}: Weir beside the same work by hand and in Flink SQL, in turn, on one broker. */
@Command(
        name = "weir bench",
        description =
                "Runs Weir beside the same work written by hand in Kafka Streams and in Flink SQL, in turn, several rounds, and prints the ratios. The figures are worth what else the machine was doing.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:measured, goals met or not", "1:something failed, or two results differ"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./weir bench --only stateless --rounds 5",
            "  ./weir bench --quick --output json",
        })
public final class Bench implements Callable<Integer> {

    private static final long QUICK_ROWS = 5_000;

    private enum Form {
        TEXT,
        JSON
    }

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "NAME",
            description = "These comparisons and no others; --list tells the names, nexmark are all of Nexmark's.")
    List<String> only = List.of();

    @Option(names = "--list", description = "Tells the comparisons, and runs none.")
    boolean list;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each is run, after a first time that does not count (default: ${DEFAULT-VALUE}).")
    int rounds;

    @Option(names = "--rows", paramLabel = "N", description = "Rows of the side that has fewest, instead of the usual.")
    @Nullable
    Long rows;

    @Option(
            names = "--commit-interval",
            paramLabel = "MS",
            defaultValue = "200",
            description =
                    "Milliseconds between the commits of all engines, Flink's checkpoints (default: ${DEFAULT-VALUE}, which is a service's).")
    long commitMs;

    @Option(
            names = "--quick",
            description = "One small round, to see that all runs and results are equal; its figures mean nothing.")
    boolean quick;

    @Option(names = "--without-flink", description = "Leaves out what is compared with Flink.")
    boolean withoutFlink;

    @Option(names = "--profile", description = "Has each engine record a flight (JFR) into the folder.")
    boolean profile;

    @Option(
            names = "--folder",
            paramLabel = "DIR",
            description = "For logs, the report and what is recorded (default: target/bench).")
    @Nullable
    Path folder;

    @Option(
            names = "--output",
            defaultValue = "TEXT",
            paramLabel = "text|json",
            description = "Form of the results (default: text).")
    Form output = Form.TEXT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("weir bench: " + failure.getMessage());
                    if (System.getenv("WEIR_DEBUG") != null) {
                        failure.printStackTrace(line.getErr());
                    }
                    return 1;
                });
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (list) {
            Comparison.all().forEach(one -> line("%-12s %s".formatted(one.name(), one.title())));
            return 0;
        }
        Path home = folder == null ? WeirHome.find().resolve("target/bench") : folder.toAbsolutePath();
        Files.createDirectories(home);
        Report report = new Report(
                java.time.Instant.now().toString(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.arch"),
                commitMs,
                run(chosen(), home));
        Path page = Files.writeString(home.resolve("report.html"), new HtmlReport(report).page());
        if (output == Form.JSON) {
            line(Json.pretty(report.document()));
        } else {
            report.lines().forEach(this::line);
            line("");
            line("With plots: " + page);
        }
        return 0;
    }

    private List<Comparison> chosen() {
        List<String> known = Comparison.all().stream().map(Comparison::name).toList();
        for (String name : only) {
            if (known.stream().noneMatch(one -> isMeant(one, name))) {
                throw new ParameterException(
                        spec.commandLine(),
                        "no comparison is called %s; there are %s".formatted(name, String.join(", ", known)));
            }
        }
        if (!withoutFlink && !Files.exists(Contender.flinkJar())) {
            throw new ParameterException(
                    spec.commandLine(),
                    "Flink is not built (mvn package -Pflink -pl benchmarks/flink -am -DskipTests): ./weir bench does it, --without-flink leaves it out");
        }
        return Comparison.all().stream()
                .filter(one -> only.isEmpty() || only.stream().anyMatch(name -> isMeant(one.name(), name)))
                .filter(one -> !(withoutFlink && one.other().engine().isFlink()))
                .map(one -> rows != null ? one.withRows(rows) : quick ? one.withRows(QUICK_ROWS) : one)
                .toList();
    }

    private static boolean isMeant(String comparison, String name) {
        return comparison.equals(name) || (comparison.startsWith(Nexmark.PREFIX) && Nexmark.PREFIX.equals(name + "-"));
    }

    private List<Outcome> run(List<Comparison> comparisons, Path home) throws IOException, InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        Said said = new Said();
        Path work = Files.createTempDirectory("weir-bench");
        List<String> flags = profile
                ? List.of(
                        "-Xmx1g",
                        "-Xlog:disable",
                        "-XX:StartFlightRecording:settings=profile,jdk.CPUTimeSample#enabled=true,jdk.CPUTimeSample#throttle=10ms,dumponexit=true,filename="
                                + home)
                : List.of("-Xmx1g");
        try {
            for (Comparison comparison : comparisons) {
                // New processes for each: what one query taught the compiler says nothing about the next.
                try (Arena arena = new Arena(work.resolve(comparison.name()), commitMs, flags)) {
                    outcomes.add(rounds(comparison, arena, said));
                }
            }
        } finally {
            delete(work);
        }
        return outcomes;
    }

    private Outcome rounds(Comparison comparison, Arena arena, Said said) throws IOException, InterruptedException {
        List<Round> counted = new ArrayList<>();
        int warmUps = quick ? 0 : 1;
        for (int i = 0; i < (quick ? 1 : rounds) + warmUps; i++) {
            // Who comes first changes, so that neither always finds the machine as the other left it.
            boolean weirFirst = i % 2 == 0;
            Measured first = arena.run(weirFirst ? comparison.weir() : comparison.other());
            Measured second = arena.run(weirFirst ? comparison.other() : comparison.weir());
            Round round = weirFirst ? new Round(first, second) : new Round(second, first);
            said.line("%s: %,.0f rows/s against %,.0f (%.2fx)%s"
                    .formatted(
                            comparison.name(),
                            round.weir().rowsPerSecond(),
                            round.other().rowsPerSecond(),
                            round.ratio(),
                            i < warmUps ? ", warming up" : ""));
            if (i >= warmUps) {
                counted.add(round);
            }
        }
        return new Outcome(comparison, counted);
    }

    private void line(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
