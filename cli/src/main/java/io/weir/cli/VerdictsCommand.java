package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir verdicts}: whether promises hold; a client of contract-service's API. */
@Command(
        name = "verdicts",
        description = "Shows whether each promise of each contract holds, now or over time.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the service refuses", "2:no mesh runs that could be asked"},
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir verdicts",
            "  ./weir verdicts silver.jaffle.customer.v1",
            "  ./weir verdicts silver.jaffle.customer.v1 email.nullValues",
        })
final class VerdictsCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "TOPIC", arity = "0..1", description = "Only of this product.")
    @Nullable
    String product;

    @Parameters(index = "1", paramLabel = "RULE", arity = "0..1", description = "This promise over time.")
    @Nullable
    String rule;

    @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Mixin
    StateOption state = new StateOption();

    @Override
    public Integer call() {
        JsonNode page = ContractApi.get(
                state,
                product == null
                        ? "/v1/verdicts?limit=1000"
                        : rule == null
                                ? "/v1/verdicts?limit=1000&product=" + ContractApi.encoded(product)
                                : "/v1/verdicts/" + ContractApi.encoded(product) + "/" + ContractApi.encoded(rule));
        TextTable table = new TextTable("PRODUCT", "RULE", "STATE", "SINCE", "DEMAND", "SEEN");
        page.path("verdicts")
                .forEach(verdict -> table.row(
                        verdict.path("product").asText(),
                        verdict.path("rule").asText(),
                        verdict.path("state").asText().toLowerCase(Locale.ROOT),
                        IncidentsCommand.time(verdict.path("sinceMs").asLong()),
                        verdict.path("demand").asText(),
                        verdict.path("detail").asText()));
        ContractApi.print(
                Terminal.of(spec.commandLine().getOut()), output, page, table, "Nothing has been judged yet.");
        return ExitCodes.OK;
    }
}
