package io.weir.cli;

import io.weir.infra.local.PartException;
import io.weir.kit.contract.ProblemsException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code weir} command. */
@Command(
        name = "weir",
        description = "A decentralised data-flow network on Apache Kafka.",
        mixinStandardHelpOptions = true,
        version = "weir 0.1.0",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            UpCommand.class,
            DownCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            VerifyCommand.class,
            CheckCommand.class,
            ExplainCommand.class,
            RebuildCommand.class,
            ApplyCommand.class,
            ContractCommand.class,
            QuarantineCommand.class,
            IncidentsCommand.class,
            VerdictsCommand.class,
            SchemaCommand.class,
            LogsCommand.class,
            SqlCommand.class,
            DemoCommand.class,
        },
        footer = {
            "",
            "@|bold In the beginning:|@",
            "  ./weir up              everything on this machine, with the example's data",
            "  ./weir test            builds everything and runs all tests",
            "  ./weir bench           measures Weir beside hand-written Kafka Streams and Flink SQL",
            "  ./weir COMMAND --help  what a command does, with an example",
        })
public final class Weir implements Runnable {

    @Spec
    CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        // Kafka's clients say on standard error what the commands say better.
        if (System.getProperty("org.slf4j.simpleLogger.defaultLogLevel") == null) {
            String level = System.getenv("WEIR_LOG");
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", level == null ? "off" : level);
        }
        int code = commandLine().execute(arguments);
        System.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Weir())
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setUsageHelpLongOptionsMaxWidth(30)
                .setParameterExceptionHandler(Weir::onWrongUse)
                .setExecutionExceptionHandler(Weir::onFailure);
    }

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int onWrongUse(CommandLine.ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        err.println(command.getColorScheme().errorText("weir: ") + e.getMessage());
        CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
        err.println("See " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCodes.NOT_RUNNING;
    }

    private static int onFailure(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        PrintWriter err = command.getErr();
        CommandLine.Help.Ansi.Text prefix = command.getColorScheme().errorText("weir: ");
        switch (e) {
            case UserError known -> {
                err.println(prefix + known.getMessage());
                return known.exitCode();
            }
            case ProblemsException problems -> {
                err.println(problems.getMessage());
                return ExitCodes.NOT_WELL;
            }
            case PartException part -> {
                err.println(prefix + part.getMessage());
                return ExitCodes.NOT_WELL;
            }
            default -> {
                err.println(prefix + "this should not have happened: " + e);
                if (System.getenv("WEIR_DEBUG") != null) {
                    e.printStackTrace(err);
                } else {
                    err.println("WEIR_DEBUG=1 in the environment shows where.");
                }
                return ExitCodes.NOT_WELL;
            }
        }
    }
}
