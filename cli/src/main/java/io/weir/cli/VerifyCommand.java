package io.weir.cli;

import io.weir.cli.mesh.Databases;
import io.weir.cli.mesh.Run;
import io.weir.cli.verify.Verification;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistrySchemas;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir verify}: every product is what its SQL says. */
@Command(
        name = "verify",
        description = {
            "Compares every product of the running mesh with what it is made from, by another engine.",
            "",
            "Compares each captured table with its bronze product, row by row. Then pauses the ingest stages (they go on by themselves if this is killed), waits until the others have come to"
                    + " rest, loads the input topics of each model into DuckDB, runs the model's SQL there and compares it"
                    + " with the output topic; and each sync's destination with its product.",
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:no difference",
            "1:rows are missing, extra or different, or something could not be compared",
            "2:no mesh runs",
            "3:the mesh did not come to rest in time",
        },
        footerHeading = "%nExamples:%n",
        footer = {"  ./weir verify", "  ./weir verify --model silver.customer --output json"})
final class VerifyCommand implements Callable<Integer> {

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            description = "The domain's folder (default: that of the running mesh).")
    @Nullable
    Path domain;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Only this model's product, and its syncs: gold.customer_profile.")
    @Nullable
    String model;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long to wait for the mesh to come to rest (default: ${DEFAULT-VALUE}).")
    int timeout;

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

    @Override
    public Integer call() throws Exception {
        Run run = RunningMesh.require(stateOption.state());
        Path folder = domain == null ? Path.of(run.domain()) : domain;
        Domain loaded = DomainFolder.load(
                folder, name -> run.addresses().environment().getOrDefault(name, System.getenv(name)));
        if (model != null) {
            Models.find(model, loaded);
        }
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        if (output == Output.TEXT) {
            terminal.line("Comparing captured tables; then pausing ingest and waiting until nothing moves ...");
        }
        Verification verification = new Verification(
                loaded,
                run.addresses().kafka(),
                new RegistrySchemas(URI.create(run.addresses().registry())),
                destination -> Databases.open(destination, run.addresses().environment()));
        try {
            Verification.Report report =
                    verification.run(Optional.ofNullable(model), Duration.ofSeconds(timeout), result -> {});
            if (output == Output.JSON) {
                terminal.line(Json.pretty(report));
            } else {
                print(report, terminal);
            }
            if (report.notDrained() != null) {
                return ExitCodes.NOT_DRAINED;
            }
            return report.isClean() ? ExitCodes.OK : ExitCodes.NOT_WELL;
        } catch (OutOfMemoryError full) {
            throw new UserError(
                    "The tables to compare do not fit into %d MB, half of this machine's memory. Compare one product at a time: ./weir verify --model gold.customer_profile"
                            .formatted(Runtime.getRuntime().maxMemory() >> 20));
        } catch (KafkaException e) {
            throw new UserError("Kafka at %s cannot be worked with: %s"
                    .formatted(run.addresses().kafka(), e.getMessage()));
        }
    }

    private static void print(Verification.Report report, Terminal terminal) {
        String notDrained = report.notDrained();
        if (notDrained != null) {
            terminal.line(terminal.red("The mesh did not come to rest: ") + notDrained);
            terminal.line("Nothing was compared. ./weir status tells more; --timeout SECONDS waits longer.");
            return;
        }
        terminal.line("At rest after %s."
                .formatted(Texts.duration(Duration.ofMillis(Math.round(1000 * report.drainSeconds())))));
        terminal.line("");
        TextTable table =
                new TextTable("PRODUCT", ">COMPARED", ">MISSING", ">EXTRA", ">DIFFERENT", ">IN QUARANTINE", "");
        for (Verification.Result result : report.results()) {
            table.row(
                    result.subject(),
                    Texts.count(result.compared()),
                    count(result.missing(), terminal),
                    count(result.extra(), terminal),
                    count(result.different(), terminal),
                    Texts.count(result.leftOut()),
                    result.clean() ? terminal.green("same") : terminal.red("differs"));
        }
        table.lines().forEach(terminal::line);
        for (Verification.Result result : report.results()) {
            String failure = result.failure();
            if (failure != null) {
                terminal.line("");
                terminal.line(terminal.red(result.subject()) + ": " + failure);
            }
            if (!result.samples().isEmpty()) {
                terminal.line("");
                terminal.line(terminal.bold(result.subject()) + ", for example:");
                result.samples().forEach(sample -> terminal.line("  %s: %s".formatted(sample.key(), sample.problem())));
            }
        }
        terminal.line("");
        long compared = report.results().stream()
                .mapToLong(Verification.Result::compared)
                .sum();
        long differences = report.results().stream()
                .mapToLong(result -> result.missing() + result.extra() + result.different())
                .sum();
        terminal.line(
                report.isClean()
                        ? terminal.green("0 differences") + " in %s.".formatted(Texts.plural(compared, "row"))
                        : terminal.red(Texts.plural(differences, "difference"))
                                + " in %s.".formatted(Texts.plural(compared, "row")));
    }

    private static String count(long count, Terminal terminal) {
        return count == 0 ? "0" : terminal.red(Texts.count(count));
    }
}
