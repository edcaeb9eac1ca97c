package io.weir.cli;

import io.weir.kit.contract.ContractExport;
import io.weir.kit.contract.ContractFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir contract export}: a contract as other tools want it. */
@Command(
        name = "export",
        description = "Prints a contract in another form.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed", "1:the contract has mistakes"},
        footerHeading = "%nExample:%n",
        footer = "  ./weir contract export --format asyncapi examples/jaffle-shop/contracts/customer.odcs.yaml")
final class ContractExportCommand implements Callable<Integer> {

    /** The forms. */
    enum Format {
        AVRO,
        JSONSCHEMA,
        ASYNCAPI,
        MARKDOWN,
        DBT,
        ODCS
    }

    @Parameters(paramLabel = "FILE", description = "A contract.")
    Path file = Path.of("");

    @Option(
            names = "--format",
            required = true,
            paramLabel = "avro|jsonschema|asyncapi|markdown|dbt|odcs",
            description = {
                "avro: the value's schema. jsonschema: a row as JSON. asyncapi: the topic, AsyncAPI 3.",
                "markdown: a page. dbt: a sources file. odcs: the contract itself, evenly laid out, comments kept."
            })
    Format format = Format.ODCS;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        ContractFile contract = ContractFile.read(file);
        spec.commandLine()
                .getOut()
                .print(
                        format == Format.ODCS
                                ? contract.write()
                                : ContractExport.to(ContractExport.Format.valueOf(format.name()), contract.product()));
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }
}
