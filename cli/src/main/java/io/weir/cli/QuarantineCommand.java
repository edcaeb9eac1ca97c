package io.weir.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code weir quarantine}: the rows that broke a contract or that a sync could not write; a client of contract-service's API. */
@Command(
        name = "quarantine",
        description = "Shows the rows that lie in quarantine, puts them back or gives them up.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:the service refuses", "2:no mesh runs that could be asked"},
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir quarantine list",
            "  ./weir quarantine list silver.jaffle.customer.v1 --field country",
            "  ./weir quarantine list outcome.jaffle.crm --reason DESTINATION_REFUSED",
            "  ./weir quarantine show silver.jaffle.customer.v1 0@17",
            "  ./weir quarantine export silver.jaffle.customer.v1 --since 2026-01-31T00:00:00Z > rows.jsonl",
            "  ./weir quarantine redrive silver.jaffle.customer.v1 --field country --dry-run",
            "  ./weir quarantine discard silver.jaffle.customer.v1 --rule email --why \"test data\"",
        })
final class QuarantineCommand {

    private static final String TOPIC = "The product's topic, or of a sync outcome.<domain>.<sync>.";
    private static final int PAGE = 1_000;

    /** Which rows. */
    static final class Rows {
        @Option(
                names = "--reason",
                paramLabel = "CODE",
                description = "Only these: CONTRACT_VIOLATED, DECODE_FAILED ...")
        @Nullable
        String reason;

        @Option(names = "--rule", paramLabel = "NAME", description = "Only those that broke this rule.")
        @Nullable
        String rule;

        @Option(names = "--field", paramLabel = "COLUMN", description = "Only those in which this column is at fault.")
        @Nullable
        String field;

        @Option(names = "--since", paramLabel = "TIME", description = "Only from then on: 2026-01-31T18:30:00Z.")
        @Nullable
        String since;

        @Option(names = "--until", paramLabel = "TIME", description = "Only before then.")
        @Nullable
        String until;

        Map<String, String> given() {
            Map<String, String> given = new LinkedHashMap<>();
            put(given, "reason", reason);
            put(given, "rule", rule);
            put(given, "field", field);
            put(given, "since", since);
            put(given, "until", until);
            return given;
        }

        private static void put(Map<String, String> into, String name, @Nullable String value) {
            if (value != null) {
                into.put(name, value);
            }
        }
    }

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Command(name = "list", description = "Open rows of a product or a sync; without one, how many there are of each.")
    int list(
            @Parameters(paramLabel = "TOPIC", arity = "0..1", description = TOPIC) @Nullable String topic,
            @Mixin Rows rows,
            @Option(names = "--limit", defaultValue = "100", description = "Rows at most (default: 100).") int limit,
            @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT") Output output,
            @Mixin StateOption state) {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        if (topic == null) {
            JsonNode all = ContractApi.get(state, "/v1/quarantine");
            TextTable table = new TextTable("TOPIC", ">ROWS", "CAUSE");
            all.forEach(one -> one.path("causes")
                    .forEach(cause -> table.row(
                            one.path("topic").asText(), cause.path("rows").asText(), cause(cause))));
            ContractApi.print(terminal, output, all, table, "Nothing lies in quarantine.");
            return ExitCodes.OK;
        }
        JsonNode page = ContractApi.get(state, path(topic) + "/rows?limit=" + Math.min(limit, PAGE) + query(rows));
        TextTable table = new TextTable("POSITION", "AT", "CAUSE", "DETAIL");
        page.path("rows")
                .forEach(row -> table.row(
                        row.path("position").asText(),
                        row.path("at").asText(),
                        cause(row),
                        row.path("detail").asText()));
        ContractApi.print(terminal, output, page, table, "No such row lies in quarantine.");
        if (output == Output.TEXT && page.has("next")) {
            terminal.line(terminal.dim("there are more"));
        }
        return ExitCodes.OK;
    }

    @Command(name = "show", description = "One row whole: why it is there, what is in it, its bytes.")
    int show(
            @Parameters(paramLabel = "TOPIC", description = TOPIC) String topic,
            @Parameters(paramLabel = "POSITION", description = "partition@offset, as list shows it.") String position,
            @Mixin StateOption state) {
        JsonNode row = ContractApi.get(state, path(topic) + "/rows/" + ContractApi.encoded(position));
        Terminal.of(spec.commandLine().getOut()).line(Json.pretty(row));
        return ExitCodes.OK;
    }

    @Command(name = "export", description = "All open rows with their data, one JSON document a line.")
    int export(
            @Parameters(paramLabel = "TOPIC", description = TOPIC) String topic,
            @Mixin Rows rows,
            @Mixin StateOption state) {
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        String from = path(topic) + "/rows?data=true&limit=" + PAGE + query(rows);
        for (String cursor = ""; cursor != null; ) {
            JsonNode page =
                    ContractApi.get(state, cursor.isEmpty() ? from : from + "&cursor=" + ContractApi.encoded(cursor));
            page.path("rows").forEach(row -> terminal.line(Json.compact(row)));
            cursor = page.has("next") ? page.path("next").asText() : null;
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "redrive",
            description = {
                "Puts rows back into the product that keep today's contract; never before a newer row of their key.",
                "What a stage could not read, or a sync not write, it reads again, where its input is a table and nothing newer has come.",
                "Leaves an audit record."
            })
    int redrive(
            @Parameters(paramLabel = "TOPIC", description = TOPIC) String topic,
            @Mixin Rows rows,
            @Option(names = "--limit", defaultValue = "1000", description = "Rows at most (default: 1000).") int limit,
            @Option(names = "--dry-run", description = "Only tell what would be done.") boolean dryRun,
            @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT") Output output,
            @Mixin StateOption state) {
        return order("redrive", topic, rows, limit, dryRun, "", output, state);
    }

    @Command(name = "discard", description = "Gives rows up: they are open no longer. Leaves an audit record.")
    int discard(
            @Parameters(paramLabel = "TOPIC", description = TOPIC) String topic,
            @Mixin Rows rows,
            @Option(names = "--why", required = true, paramLabel = "TEXT", description = "For the audit record.")
                    String why,
            @Option(names = "--limit", defaultValue = "1000", description = "Rows at most (default: 1000).") int limit,
            @Option(names = "--dry-run", description = "Only tell what would be done.") boolean dryRun,
            @Option(names = "--output", paramLabel = "text|json", defaultValue = "TEXT") Output output,
            @Mixin StateOption state) {
        return order("discard", topic, rows, limit, dryRun, why, output, state);
    }

    private int order(
            String action,
            String topic,
            Rows rows,
            int limit,
            boolean dryRun,
            String why,
            Output output,
            StateOption state) {
        ObjectNode order = Json.MAPPER.createObjectNode();
        rows.given().forEach(order::put);
        order.put("limit", limit)
                .put("dryRun", dryRun)
                .put("by", System.getProperty("user.name"))
                .put("why", why);
        JsonNode report = ContractApi.send(
                state,
                path(topic) + "/" + action,
                HttpRequest.newBuilder()
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(order.toString())));
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        if (output == Output.JSON) {
            terminal.line(Json.pretty(report));
            return ExitCodes.OK;
        }
        TextTable table = new TextTable("POSITION", dryRun ? "WOULD BE" : "OUTCOME", "WHY");
        report.path("rows")
                .forEach(row -> table.row(
                        row.path("position").asText(),
                        row.path("outcome").asText(),
                        row.path("why").asText()));
        ContractApi.print(terminal, output, report, table, "No such row lies in quarantine.");
        if (report.path("more").asBoolean()) {
            terminal.line(terminal.dim("there are more: ask again"));
        }
        if (!report.path("id").asText().isEmpty()) {
            terminal.line("audit record " + report.path("id").asText());
        }
        return ExitCodes.OK;
    }

    private static String cause(JsonNode node) {
        String rule = node.path("rule").asText();
        String field = node.path("field").asText();
        return node.path("reason").asText()
                + (rule.isEmpty() ? "" : " " + rule)
                + (field.isEmpty() ? "" : " of " + field);
    }

    private static String path(String topic) {
        return "/v1/quarantine/" + ContractApi.encoded(topic);
    }

    private static String query(Rows rows) {
        StringBuilder query = new StringBuilder();
        rows.given()
                .forEach((name, value) ->
                        query.append('&').append(name).append('=').append(ContractApi.encoded(value)));
        return query.toString();
    }
}
