package io.weir.cli;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.sql.SqlPlanner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir check}: a domain's files are valid; needs no cluster. */
@Command(
        name = "check",
        description = "Tells whether the contracts, models, sources and syncs of a domain are valid. Needs no cluster.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is valid", "1:something is not: each mistake with file, line and column"},
        footerHeading = "%nExample:%n",
        footer = "  ./weir check examples/jaffle-shop")
final class CheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "The domain's folder.")
    Path domain = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the output (default: text).")
    Output output = Output.TEXT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** What is printed, as JSON. */
    record Report(boolean valid, int contracts, int models, int sources, int syncs, List<Problem> problems) {}

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        Report report = check();
        if (output == Output.JSON) {
            terminal.line(Json.pretty(report));
        } else if (report.valid()) {
            terminal.line("%s: %s, %s, %s, %s."
                    .formatted(
                            terminal.green("valid"),
                            Texts.plural(report.contracts(), "contract"),
                            Texts.plural(report.models(), "model"),
                            Texts.plural(report.sources(), "source"),
                            Texts.plural(report.syncs(), "sync")));
        } else {
            report.problems().forEach(problem -> terminal.line(problem.toString()));
            terminal.line(terminal.red(Texts.plural(report.problems().size(), "mistake")));
        }
        return report.valid() ? ExitCodes.OK : ExitCodes.NOT_WELL;
    }

    private Report check() {
        Domain loaded;
        try {
            loaded = DomainFolder.load(domain, System::getenv);
        } catch (ProblemsException e) {
            return new Report(
                    false, 0, 0, 0, 0, e.problems().stream().map(this::inPlace).toList());
        }
        List<Problem> problems = new ArrayList<>();
        for (Model model : loaded.models()) {
            try {
                SqlPlanner.plan(model, loaded);
            } catch (ProblemsException e) {
                e.problems().stream().map(this::inPlace).forEach(problems::add);
            }
        }
        return new Report(
                problems.isEmpty(),
                loaded.products().size(),
                loaded.models().size(),
                loaded.sources().size(),
                loaded.syncs().size(),
                problems);
    }

    /** As seen from where the user stands, so that terminals and editors can open it. */
    private Problem inPlace(Problem problem) {
        Path file = Path.of(problem.file());
        Path named = file.isAbsolute() || file.startsWith(domain) ? file : domain.resolve(file);
        return new Problem(named.normalize().toString(), problem.line(), problem.column(), problem.message());
    }
}
