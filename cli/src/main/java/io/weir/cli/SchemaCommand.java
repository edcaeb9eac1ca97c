package io.weir.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir schema}: the JSON schema of a file that a domain's team writes. */
@Command(
        name = "schema",
        description = "Prints the JSON schema of a file that you write, for your editor to complete from.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed", "2:there is no such file kind"},
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir schema source > source.schema.json",
            "  and in sources/shop.yaml: # yaml-language-server: $schema=source.schema.json",
        })
final class SchemaCommand implements Callable<Integer> {

    /** Kinds of files. */
    enum Kind {
        DOMAIN,
        SOURCE,
        SYNC,
        SUBSCRIPTION,
        TEST,
        CONTRACT
    }

    @Parameters(paramLabel = "KIND", description = "domain, source, sync, subscription, test or contract.")
    Kind kind = Kind.DOMAIN;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        spec.commandLine().getOut().print(read(kind));
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }

    static String read(Kind kind) throws IOException {
        // The contract's is the standard's own, of which this is what Weir reads; the others are Weir's.
        String name = kind == Kind.CONTRACT
                ? "/io/weir/cli/schema/contract.json"
                : "/io/weir/kit/contract/schema/%s.json".formatted(kind.name().toLowerCase(Locale.ROOT));
        try (InputStream schema = SchemaCommand.class.getResourceAsStream(name)) {
            if (schema == null) {
                throw new IOException(name + " is not in the jar");
            }
            return new String(schema.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
