package io.weir.benchmarks;

import io.weir.benchmarks.Results.CatchUp;
import io.weir.benchmarks.Results.StageCatchUp;
import io.weir.benchmarks.Results.StageLoad;
import io.weir.benchmarks.Results.Sustained;
import io.weir.cli.Json;
import io.weir.cli.TextTable;
import io.weir.cli.demo.SimulatorOptions;
import io.weir.infra.local.WeirHome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures the whole mesh on this machine: a steady load with its freshness, and how fast each stage catches up on a backlog.
 *
 * <p>Prints what it saw; whether that is good is for the reader to say.
 */
@Command(
        name = "mesh-throughput",
        description = {
            "Holds a steady load for a while, then lets each service catch up on a backlog, and prints what the stages did.",
            "",
            "Measures the mesh that './weir up' runs; where none runs, it starts one and stops it afterwards."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  java -jar benchmarks/target/weir-benchmarks.jar",
            "  java -jar benchmarks/target/weir-benchmarks.jar --only load --rate 500 --seconds 30 --output json"
        })
public final class MeshThroughput implements Callable<Integer> {

    /** What is measured. */
    enum Part {
        LOAD,
        BACKLOG
    }

    /** How it is printed. */
    enum Form {
        TEXT,
        JSON
    }

    @Option(
            names = "--rate",
            defaultValue = "2000",
            paramLabel = "N",
            description = "Changes a second of the steady load (default: ${DEFAULT-VALUE}).")
    double rate;

    @Option(
            names = "--seconds",
            defaultValue = "120",
            paramLabel = "N",
            description = "How long it is measured (default: ${DEFAULT-VALUE}).")
    int seconds;

    @Option(
            names = "--warm-up",
            defaultValue = "20",
            paramLabel = "N",
            description = "Seconds of the load before that (default: ${DEFAULT-VALUE}).")
    int warmUp;

    @Option(
            names = "--changes",
            defaultValue = "1000000",
            paramLabel = "N",
            description = "Changes in the backlog (default: ${DEFAULT-VALUE}).")
    long changes;

    @Option(names = "--only", paramLabel = "load|backlog", description = "Measure one of the two only.")
    @Nullable
    Part only;

    @Option(
            names = "--seed",
            defaultValue = "42",
            paramLabel = "N",
            description = "Of the simulator (default: ${DEFAULT-VALUE}).")
    long seed;

    @Option(names = "--state", paramLabel = "DIR", description = "The mesh's state folder (default: .weir).")
    @Nullable
    Path state;

    @Option(
            names = "--output",
            defaultValue = "TEXT",
            paramLabel = "text|json",
            description = "Form of the results (default: text).")
    Form output = Form.TEXT;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new MeshThroughput())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, line, _) -> {
                    line.getErr().println("mesh-throughput: " + failure.getMessage());
                    return 1;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Said said = new Said();
        Path folder = state == null ? WeirHome.find().resolve(".weir") : state;
        Sustained sustained = null;
        CatchUp catchUp = null;
        try (Mesh mesh = Mesh.find(folder, said)) {
            Set<String> stages = mesh.awaitStages(said);
            SimulatorOptions options =
                    SimulatorOptions.of(mesh.shopJdbcUrl(), Mesh.password()).withSeed(seed);
            if (only != Part.BACKLOG) {
                sustained = new SustainedLoad(mesh, stages, said)
                        .run(options.withRate(rate), Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds));
            }
            if (only != Part.LOAD) {
                catchUp = new BacklogRun(mesh, stages, said)
                        .run(options.withRate(SimulatorOptions.UNLIMITED).withChanges(changes));
            }
        }
        Results results = new Results(Runtime.getRuntime().availableProcessors(), sustained, catchUp);
        said.line("");
        if (output == Form.JSON) {
            System.out.println(Json.pretty(results));
        } else {
            print(results);
        }
        return 0;
    }

    private static void print(Results results) {
        System.out.printf("%d processors for source, broker, mesh and this program%n", results.processors());
        Sustained load = results.sustained();
        if (load != null) {
            System.out.printf(
                    "%nSteady load: %,.0f changes/s asked for, %,.0f/s written, for %.0f s%n",
                    load.askedPerSecond(), load.writtenPerSecond(), load.seconds());
            System.out.printf(
                    "Freshness, commit in the source to commit in the destination: p50 %,d ms, p90 %,d ms, p99 %,d ms, max %,d ms (%,d rows written back)%n",
                    load.freshness().p50Ms(),
                    load.freshness().p90Ms(),
                    load.freshness().p99Ms(),
                    load.freshness().maxMs(),
                    load.freshness().count());
            System.out.printf(
                    "Capture was %,d kB of log behind at the end; all was read %s%n%n",
                    load.captureBehindBytes() / 1000,
                    load.drainSeconds() < 0
                            ? "not even a minute later"
                            : "%.1f s later".formatted(load.drainSeconds()));
            TextTable table =
                    new TextTable("STAGE", ">READ/S", ">LAG, FIRST QUARTER", ">LAST QUARTER", ">MAX", ">GROWTH/S");
            for (StageLoad stage : load.stages()) {
                table.row(
                        stage.stage(),
                        "%,.0f".formatted(stage.readPerSecond()),
                        "%,.0f".formatted(stage.lagFirstQuarter()),
                        "%,.0f".formatted(stage.lagLastQuarter()),
                        "%,d".formatted(stage.lagMax()),
                        "%+,.1f".formatted(stage.slopePerSecond()));
            }
            table.lines().forEach(System.out::println);
        }
        CatchUp backlog = results.catchUp();
        if (backlog != null) {
            System.out.printf(
                    "%nBacklog: %,d changes; the source wrote %,.0f/s and capture made %,.0f events/s of them%n%n",
                    backlog.changes(), backlog.sourcePerSecond(), backlog.capturePerSecond());
            TextTable table = new TextTable("STAGE", ">RECORDS READ", ">SECONDS", ">RECORDS/S");
            for (StageCatchUp stage : backlog.stages()) {
                boolean measured = stage.records() > 0;
                table.row(
                        stage.stage(),
                        stage.records() < 0 ? "not done" : "%,d".formatted(stage.records()),
                        measured ? "%,.1f".formatted(stage.seconds()) : "-",
                        measured ? "%,.0f".formatted(stage.recordsPerSecond()) : "-");
            }
            table.lines().forEach(System.out::println);
        }
    }
}
