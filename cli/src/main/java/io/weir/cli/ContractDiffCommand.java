package io.weir.cli;

import io.weir.kit.contract.ContractDiff.Impact;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.ContractPlan;
import io.weir.kit.contract.ContractPlanPage;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.sql.ContractPlanner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir contract diff}: what a new version of a contract changes, and whom that breaks; needs no cluster. */
@Command(
        name = "diff",
        description = {
            "Classifies every difference between two versions of a contract, and names the consumers that it reaches:",
            "the models, syncs and subscriptions of the domains, by the columns that they really use."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:nobody is broken", "1:somebody is, or a file has mistakes", "2:the command line is wrong"},
        footerHeading = "%nExample:%n",
        footer = {
            "  git show main:contracts/customer.odcs.yaml > old.odcs.yaml",
            "  ./weir contract diff old.odcs.yaml contracts/customer.odcs.yaml --domain . --output markdown",
        })
final class ContractDiffCommand implements Callable<Integer> {

    /** How it is printed. */
    enum Form {
        TEXT,
        MARKDOWN,
        JSON
    }

    /** From which class on the exit code is 1. */
    enum FailOn {
        BREAKING,
        BEHAVIOURAL
    }

    @Parameters(index = "0", paramLabel = "OLD", description = "The contract in force.")
    Path old = Path.of("");

    @Parameters(index = "1", paramLabel = "NEW", description = "The contract that is to replace it.")
    Path next = Path.of("");

    @Option(
            names = "--domain",
            paramLabel = "DIR",
            description =
                    "A domain whose consumers count, more than once for several (default: the one in which NEW lies).")
    List<Path> domains = new ArrayList<>();

    @Option(
            names = "--fail-on",
            paramLabel = "breaking|behavioural",
            defaultValue = "BREAKING",
            description = "From which class on the exit code is 1 (default: breaking).")
    FailOn failOn = FailOn.BREAKING;

    @Option(
            names = "--output",
            paramLabel = "text|markdown|json",
            defaultValue = "TEXT",
            description = "markdown: for a pull request (default: text).")
    Form form = Form.TEXT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        DataProduct before = ContractFile.read(old).product();
        DataProduct after = ContractFile.read(next).product();
        List<Domain> loaded = folders().stream()
                .map(folder -> DomainFolder.load(folder, System::getenv))
                .toList();
        ContractPlan plan = ContractPlanner.plan(before, after, loaded);
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        switch (form) {
            case TEXT -> print(plan, terminal);
            case MARKDOWN -> terminal.line(ContractPlanPage.of(plan).stripTrailing());
            case JSON -> terminal.line(Json.pretty(plan));
        }
        boolean stops = plan.breaks()
                || (failOn == FailOn.BEHAVIOURAL && !plan.newMajor() && plan.verdict() != Impact.COMPATIBLE);
        return stops ? ExitCodes.NOT_WELL : ExitCodes.OK;
    }

    private List<Path> folders() {
        if (!domains.isEmpty()) {
            return domains;
        }
        Path contracts = next.toAbsolutePath().normalize().getParent();
        Path folder = contracts == null ? null : contracts.getParent();
        if (folder == null || !Files.isRegularFile(folder.resolve("domain.yaml"))) {
            throw new UserError(
                    ExitCodes.NOT_RUNNING,
                    "%s lies in no domain's folder: say with --domain whose consumers count.".formatted(next));
        }
        return List.of(folder);
    }

    private static void print(ContractPlan plan, Terminal terminal) {
        terminal.line("%s %s -> %s: %s"
                .formatted(plan.topic(), plan.from(), plan.to(), coloured(plan.verdict(), plan.newMajor(), terminal)));
        for (ContractPlan.Change change : plan.changes()) {
            terminal.line("  %s %s%s%s"
                    .formatted(
                            coloured(change.impact(), false, terminal),
                            change.code(),
                            change.column() == null ? "" : " " + change.column(),
                            arrow(change)));
            change.consumers()
                    .forEach(one -> terminal.line(
                            "      %s %s (%s): %s".formatted(one.kind(), one.name(), one.contact(), one.why())));
        }
        plan.notes().forEach(note -> terminal.line("  note: " + note));
        terminal.line(terminal.dim(
                plan.readers().isEmpty() ? "  nobody reads it" : "  read by " + String.join(", ", plan.readers())));
    }

    private static String arrow(ContractPlan.Change change) {
        if (change.from().isEmpty() && change.to().isEmpty()) {
            return "";
        }
        return ": " + (change.to().isEmpty() ? change.from() : change.from() + " -> " + change.to()).strip();
    }

    private static String coloured(Impact impact, boolean newMajor, Terminal terminal) {
        return switch (impact) {
            case COMPATIBLE -> terminal.green(impact.text());
            case BEHAVIOURAL -> terminal.yellow(impact.text());
            case BREAKING ->
                newMajor ? terminal.yellow("new major, breaking for who moves") : terminal.red(impact.text());
        };
    }
}
