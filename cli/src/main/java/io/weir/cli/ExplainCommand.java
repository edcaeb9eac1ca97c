package io.weir.cli;

import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.sql.Explanation;
import io.weir.kit.sql.SqlPlanner;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir explain}: what a model's SELECT becomes. */
@Command(
        name = "explain",
        description =
                "Prints the plan of a model: its operators, the state that each keeps, what a change costs, and what a reader may see in passing. Needs no cluster.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed", "1:the domain or the model has mistakes: each with file, line and column"},
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./weir explain gold.customer_profile",
            "  ./weir explain examples/jaffle-shop/gold/store_sales.sql",
            "  ./weir explain gold.customer_profile --dot | dot -Tsvg > plan.svg",
        })
final class ExplainCommand implements Callable<Integer> {

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            description = "The product whose SELECT is meant, gold.customer_profile, or its file.")
    String model = "";

    @Parameters(
            index = "1",
            paramLabel = "DIR",
            defaultValue = "examples/jaffle-shop",
            description = "The domain's folder (default: ${DEFAULT-VALUE}).")
    Path domain = Path.of("");

    @Option(names = "--dot", description = "As a graph for Graphviz.")
    boolean dot;

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "Form of the output (default: text).")
    Output output = Output.TEXT;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Domain loaded = DomainFolder.load(Models.folder(model).orElse(domain), System::getenv);
        Explanation explanation =
                SqlPlanner.plan(Models.find(model, loaded), loaded).explain();
        Terminal.of(spec.commandLine().getOut())
                .line((dot ? explanation.dot() : output == Output.JSON ? Json.pretty(explanation) : explanation.text())
                        .stripTrailing());
        return ExitCodes.OK;
    }
}
