package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code weir contract deprecations}: who has not moved yet; a client of contract-service's API. */
@Command(
        name = "deprecations",
        description = "Shows who still reads products whose contract says deprecated.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the service refuses", "2:no mesh runs that could be asked"},
        footerHeading = "%nExample:%n",
        footer = "  ./weir contract deprecations --output json")
final class ContractDeprecationsCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Mixin
    StateOption state = new StateOption();

    @Override
    public Integer call() {
        JsonNode all = ContractApi.get(state, "/v1/deprecations");
        TextTable table = new TextTable("PRODUCT", "SUCCESSOR", "END OF LIFE", "NOT MOVED", "CONTACT", "COLUMNS");
        for (JsonNode deprecation : all) {
            for (JsonNode reader : deprecation.path("remaining")) {
                table.row(
                        deprecation.path("product").asText(),
                        deprecation.path("successor").asText(),
                        deprecation.path("endOfLife").asText(),
                        reader.path("kind").asText() + " " + reader.path("name").asText(),
                        reader.path("contact").asText(),
                        String.join(", ", texts(reader.path("columns"))));
            }
        }
        ContractApi.print(
                Terminal.of(spec.commandLine().getOut()),
                output,
                all,
                table,
                "Nobody reads a product that is deprecated.");
        return ExitCodes.OK;
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
