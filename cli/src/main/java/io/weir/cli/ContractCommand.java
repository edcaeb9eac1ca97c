package io.weir.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code weir contract}: what a producer does with contracts before they are in force, and until they go. */
@Command(
        name = "contract",
        description = "Drafts, checks, compares and translates data contracts (Open Data Contract Standard 3.1).",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            ContractLintCommand.class,
            ContractInitCommand.class,
            ContractDiffCommand.class,
            ContractExportCommand.class,
            ContractDeprecationsCommand.class,
        })
final class ContractCommand implements Runnable {

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
