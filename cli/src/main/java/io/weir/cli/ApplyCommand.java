package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import java.io.Console;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir apply}: publishes a domain's contracts, after it has said what that would do; a client of contract-service's API. */
@Command(
        name = "apply",
        description = {
            "Publishes a domain's contracts. Says first what would be created, changed and refused, and whom a change reaches;",
            "then asks, and does it: all of it, or nothing where a contract is refused. Doing it again changes nothing."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:published, or there was nothing to do",
            "1:a contract is refused or has mistakes, or you said no",
            "2:the command line is wrong, or no mesh runs that could be asked"
        },
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir apply examples/jaffle-shop --dry-run",
            "  ./weir apply examples/jaffle-shop --yes --output json",
        })
final class ApplyCommand implements Callable<Integer> {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "The domain's folder.")
    Path folder = Path.of("");

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    boolean dryRun;

    @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT")
    Output output = Output.TEXT;

    @Mixin
    StateOption state = new StateOption();

    @Override
    public Integer call() {
        // The mistakes of the files are told here, by line and column, before anybody is asked.
        Domain domain = DomainFolder.load(folder, System::getenv);
        ObjectNode order = order(domain);
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        JsonNode plan = send(order, true);
        boolean refused = has(plan, "REFUSE");
        boolean changes = has(plan, "CREATE") || has(plan, "CHANGE");
        if (dryRun || refused || !changes) {
            print(terminal, plan);
            return refused ? ExitCodes.NOT_WELL : ExitCodes.OK;
        }
        if (!yes) {
            print(terminal, plan);
            if (!isWanted()) {
                terminal.line("Nothing was done.");
                return ExitCodes.NOT_WELL;
            }
        }
        JsonNode done = send(order, false);
        boolean applied = done.path("applied").asBoolean();
        if (yes || !applied || output == Output.JSON) {
            print(terminal, done);
        }
        if (output == Output.TEXT) {
            terminal.line(applied ? "Published." : "Not all of it was published.");
        }
        return applied ? ExitCodes.OK : ExitCodes.NOT_WELL;
    }

    private static ObjectNode order(Domain domain) {
        ObjectNode order = Json.MAPPER.createObjectNode();
        ArrayNode contracts = order.putArray("contracts");
        for (DataProduct product : domain.products().values()) {
            try {
                contracts
                        .addObject()
                        .put("name", "contracts/" + product.file().getFileName())
                        .put("content", Files.readString(product.file()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return order;
    }

    private JsonNode send(ObjectNode order, boolean onlyTell) {
        return ContractApi.send(
                state,
                "/v1/contracts/apply?dryRun=" + onlyTell,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(order.toString())));
    }

    private static boolean has(JsonNode plan, String action) {
        return StreamSupport.stream(plan.path("steps").spliterator(), false)
                .anyMatch(step -> step.path("action").asText().equals(action));
    }

    private boolean isWanted() {
        Console console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> new UserError(
                        ExitCodes.NOT_RUNNING, "Nobody can be asked here: say --yes to publish, or --dry-run."));
        String answer = console.readLine("Publish this? [y/N] ");
        return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    private void print(Terminal terminal, JsonNode plan) {
        if (output == Output.JSON) {
            terminal.line(Json.pretty(plan));
            return;
        }
        for (JsonNode step : plan.path("steps")) {
            String action = step.path("action").asText();
            if (action.equals("NONE")) {
                continue;
            }
            terminal.line("%s %s %s%s"
                    .formatted(
                            coloured(terminal, action),
                            step.path("topic").asText(),
                            step.has("from") ? step.path("from").asText() + " -> " : "",
                            step.path("to").asText()));
            for (JsonNode change : step.path("changes")) {
                terminal.line("    %s %s %s"
                        .formatted(
                                change.path("impact").asText().toLowerCase(Locale.ROOT),
                                change.path("code").asText(),
                                change.path("column").asText(""))
                        .stripTrailing());
                change.path("consumers")
                        .forEach(one -> terminal.line("        %s %s (%s): %s"
                                .formatted(
                                        one.path("kind").asText(),
                                        one.path("name").asText(),
                                        one.path("contact").asText(),
                                        one.path("why").asText())));
            }
            if (step.has("reason")) {
                terminal.line("    " + step.path("reason").asText());
            }
        }
        if (!has(plan, "CREATE") && !has(plan, "CHANGE") && !has(plan, "REFUSE")) {
            terminal.line("Nothing to do: all is published as it is.");
        }
    }

    private static String coloured(Terminal terminal, String action) {
        return switch (action) {
            case "CREATE" -> terminal.green("create");
            case "CHANGE" -> terminal.yellow("change");
            default -> terminal.red("refuse");
        };
    }
}
