package io.weir.cli;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Model;
import io.weir.kit.contract.ModelTest;
import io.weir.kit.contract.ModelTestFolder;
import io.weir.kit.contract.Problem;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.RowRules;
import io.weir.kit.modeltest.JUnitReport;
import io.weir.kit.modeltest.ModelTests;
import io.weir.kit.modeltest.TestResult;
import io.weir.kit.sql.SqlPlanner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir check}: a domain's files are valid and its model tests pass; needs no cluster. */
@Command(
        name = "check",
        description =
                "Tells whether the contracts, models, sources and syncs of a domain are valid, and runs its model tests (tests/*.yaml). Needs no cluster.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is valid, and every test passes",
            "1:something is not: each mistake with file, line and column, each failed test with the rows that differ"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./weir check examples/jaffle-shop",
            "  ./weir check examples/jaffle-shop --junit target/model-tests.xml",
        })
final class CheckCommand implements Callable<Integer> {

    @Parameters(paramLabel = "DIR", description = "The domain's folder.")
    Path domain = Path.of("");

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the output (default: text).")
    Output output = Output.TEXT;

    @Option(names = "--junit", paramLabel = "FILE", description = "Writes the tests' results as JUnit XML too.")
    @Nullable
    Path junit;

    @Spec
    CommandSpec spec = CommandSpec.create();

    /** What is printed, as JSON. */
    record Report(
            boolean valid,
            int contracts,
            int models,
            int sources,
            int syncs,
            List<Problem> problems,
            List<TestReport> tests) {}

    /** One model test, as JSON. */
    record TestReport(
            String name,
            String file,
            int line,
            List<String> models,
            TestResult.Status status,
            double seconds,
            List<FailureReport> failures) {}

    /** An expectation that was not met, as JSON. */
    record FailureReport(int line, int column, String message, List<String> difference) {}

    @Override
    public Integer call() throws IOException {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        long startedNs = System.nanoTime();
        Report report = check();
        if (output == Output.JSON) {
            terminal.line(Json.pretty(report));
        } else {
            print(report, Duration.ofNanos(System.nanoTime() - startedNs), terminal);
        }
        return report.valid() ? ExitCodes.OK : ExitCodes.NOT_WELL;
    }

    private static void print(Report report, Duration took, Terminal terminal) {
        report.problems().forEach(problem -> terminal.line(problem.toString()));
        for (TestReport test : report.tests()) {
            for (FailureReport failure : test.failures()) {
                terminal.line(new Problem(test.file(), failure.line(), failure.column(), failure.message()).toString());
                failure.difference().forEach(line -> terminal.line("    " + line));
            }
        }
        long tests = report.tests().size();
        long passed = report.tests().stream()
                .filter(test -> test.status() == TestResult.Status.PASSED)
                .count();
        if (report.problems().isEmpty()) {
            terminal.line("%s: %s, %s, %s, %s."
                    .formatted(
                            terminal.green("valid"),
                            Texts.plural(report.contracts(), "contract"),
                            Texts.plural(report.models(), "model"),
                            Texts.plural(report.sources(), "source"),
                            Texts.plural(report.syncs(), "sync")));
        } else {
            terminal.line(terminal.red(Texts.plural(report.problems().size(), "mistake")));
        }
        if (tests > 0) {
            terminal.line(
                    passed == tests
                            ? "%s: %s in %s."
                                    .formatted(
                                            terminal.green("passed"), Texts.plural(tests, "test"), Texts.duration(took))
                            : terminal.red("%d of %s failed".formatted(tests - passed, Texts.plural(tests, "test"))));
        }
    }

    private Report check() throws IOException {
        Domain loaded;
        try {
            loaded = DomainFolder.load(domain, System::getenv);
        } catch (ProblemsException e) {
            return new Report(
                    false, 0, 0, 0, 0, e.problems().stream().map(this::inPlace).toList(), List.of());
        }
        List<Problem> problems = new ArrayList<>();
        for (DataProduct product : loaded.products().values()) {
            try {
                RowRules.of(product);
            } catch (ProblemsException e) {
                e.problems().stream().map(this::inPlace).forEach(problems::add);
            }
        }
        for (Model model : loaded.models()) {
            try {
                SqlPlanner.plan(model, loaded);
            } catch (ProblemsException e) {
                problems.addAll(e.problems());
            }
        }
        List<ModelTest> tests = ModelTestFolder.read(loaded, problems);
        List<TestResult> results = ModelTests.run(tests, Runtime.getRuntime().availableProcessors());
        results.forEach(result -> problems.addAll(result.problems()));
        if (junit != null) {
            JUnitReport.write(results, junit);
        }
        return new Report(
                problems.isEmpty() && results.stream().allMatch(result -> result.status() == TestResult.Status.PASSED),
                loaded.products().size(),
                loaded.models().size(),
                loaded.sources().size(),
                loaded.syncs().size(),
                problems.stream().map(this::inPlace).distinct().toList(),
                results.stream().map(this::report).toList());
    }

    private TestReport report(TestResult result) {
        ModelTest test = result.test();
        return new TestReport(
                test.name(),
                inPlace(test.at().problem("")).file(),
                test.at().line(),
                test.models().stream().map(model -> model.product().localName()).toList(),
                result.status(),
                result.took().toMillis() / 1000.0,
                result.failures().stream()
                        .map(failure -> new FailureReport(
                                failure.problem().line(),
                                failure.problem().column(),
                                failure.problem().message(),
                                failure.difference()))
                        .toList());
    }

    /** As seen from where the user stands, so that terminals and editors can open it. */
    private Problem inPlace(Problem problem) {
        Path file = Path.of(problem.file());
        Path named = file.isAbsolute() || file.startsWith(domain) ? file : domain.resolve(file);
        return new Problem(named.normalize().toString(), problem.line(), problem.column(), problem.message());
    }
}
