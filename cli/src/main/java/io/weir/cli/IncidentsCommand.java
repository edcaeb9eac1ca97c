package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir incidents}: promises that are not kept, whose job that is and who is affected; a client of contract-service's API. */
@Command(
        name = "incidents",
        description = "Shows which promises of contracts are broken, since when, whose job it is and who is affected.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the service refuses", "2:no mesh runs that could be asked"},
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir incidents",
            "  ./weir incidents --all --product silver.jaffle.customer.v1",
            "  ./weir incidents 2f1c0a4e-6d0b-3c1e-9a51-5a8f2e1d7c11",
        })
final class IncidentsCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "ID", arity = "0..1", description = "One incident whole, with its evidence.")
    @Nullable
    String id;

    @Option(names = "--all", description = "Resolved ones too.")
    boolean all;

    @Option(names = "--product", paramLabel = "TOPIC", description = "Only of this product.")
    @Nullable
    String product;

    @Option(names = "--limit", defaultValue = "100", description = "Incidents at most (default: 100).")
    int limit;

    @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Mixin
    StateOption state = new StateOption();

    @Override
    public Integer call() {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        if (id != null) {
            terminal.line(Json.pretty(ContractApi.get(state, "/v1/incidents/" + ContractApi.encoded(id))));
            return ExitCodes.OK;
        }
        JsonNode page = ContractApi.get(
                state,
                "/v1/incidents?limit=" + limit + (all ? "&state=all" : "")
                        + (product == null ? "" : "&product=" + ContractApi.encoded(product)));
        TextTable table = new TextTable("OPENED", "STATE", "PRODUCT", "PROMISE", "SEEN", "OWNER", ">AFFECTED", "ID");
        page.path("incidents").forEach(incident -> {
            JsonNode verdict = incident.path("verdict");
            table.row(
                    time(incident.path("openedAtMs").asLong()),
                    incident.path("event").asText().equals("RESOLVED") ? "resolved" : "open",
                    verdict.path("product").asText(),
                    verdict.path("demand").asText(),
                    verdict.path("detail").asText(),
                    incident.path("owner").path("team").asText(),
                    Integer.toString(incident.path("affected").size()),
                    incident.path("id").asText());
        });
        ContractApi.print(terminal, output, page, table, all ? "There was no incident." : "Every promise holds.");
        if (output == Output.TEXT && page.has("next")) {
            terminal.line(terminal.dim("there are more"));
        }
        return ExitCodes.OK;
    }

    static String time(long ms) {
        return Instant.ofEpochMilli(ms).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
