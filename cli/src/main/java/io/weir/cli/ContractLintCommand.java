package io.weir.cli;

import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir contract lint}: the mistakes of contract files, one by one; needs no cluster. */
@Command(
        name = "lint",
        description = "Tells every mistake in contract files, with its line, its column and the right name.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all is valid", "1:something is not"},
        footerHeading = "%nExample:%n",
        footer = "  ./weir contract lint examples/jaffle-shop/contracts/*.odcs.yaml")
final class ContractLintCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Contracts.")
    List<Path> files = new ArrayList<>();

    @Option(
            names = "--standard-only",
            description = "Hold them against the standard alone: for contracts that are not Weir's.")
    boolean standardOnly;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the output (default: text).")
    Output output = Output.TEXT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** What is printed, as JSON. */
    record Report(boolean valid, int contracts, List<Problem> problems) {}

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        List<Problem> problems =
                files.stream().flatMap(file -> lint(file).stream()).toList();
        if (output == Output.JSON) {
            terminal.line(Json.pretty(new Report(problems.isEmpty(), files.size(), problems)));
        } else if (problems.isEmpty()) {
            terminal.line(terminal.green("valid") + ": " + Texts.plural(files.size(), "contract") + ".");
        } else {
            problems.forEach(problem -> terminal.line(problem.toString()));
            terminal.line(terminal.red(Texts.plural(problems.size(), "mistake")));
        }
        return problems.isEmpty() ? ExitCodes.OK : ExitCodes.NOT_WELL;
    }

    private List<Problem> lint(Path file) {
        try {
            ContractFile contract = ContractFile.read(file);
            return standardOnly ? contract.lintStandard() : contract.lint();
        } catch (ProblemsException unreadable) {
            return unreadable.problems();
        }
    }
}
