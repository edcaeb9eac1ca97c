package io.weir.cli;

import io.weir.cli.mesh.Databases;
import io.weir.cli.mesh.Run;
import io.weir.kit.contract.ContractDraft;
import io.weir.kit.contract.ContractDraft.DraftColumn;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistryException;
import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir contract init}: a first contract from a table's catalogue or a topic's schema. */
@Command(
        name = "init",
        description = {
            "Drafts a contract from what is there: a table's catalogue in PostgreSQL, or a topic's schema in the registry.",
            "It is printed; what only the owner knows is marked TODO."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:printed", "1:there is no such table or schema", "2:nothing runs that could be asked"},
        footerHeading = "%nExample:%n",
        footer = {
            "  ./weir contract init public.orders --database shop --domain jaffle > contracts/orders.odcs.yaml",
            "  ./weir contract init web.clicks.raw --domain web --registry http://localhost:8081/apis/registry/v3",
        })
final class ContractInitCommand implements Callable<Integer> {

    private static final Pattern TABLE = Pattern.compile("([^.\\s]+)\\.([^.\\s]+)");

    @Parameters(paramLabel = "TOPIC|TABLE", description = "A table as schema.table; all else is a topic.")
    String what = "";

    @Option(names = "--domain", required = true, paramLabel = "NAME", description = "The domain of the product.")
    String domain = "";

    @Option(names = "--database", paramLabel = "NAME", description = "A database of the mesh that runs here.")
    @Nullable
    String database;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Another database: jdbc:postgresql://HOST/DATABASE?user=USER; its password in PGPASSWORD.")
    @Nullable
    String url;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "The registry's v3 API (default: that of the mesh that runs here).")
    @Nullable
    URI registry;

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The schema's group in the registry (default: the domain, then \"default\").")
    @Nullable
    String group;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Matcher table = TABLE.matcher(what);
        spec.commandLine().getOut().print(table.matches() ? ofTable(table.group(1), table.group(2)) : ofTopic());
        spec.commandLine().getOut().flush();
        return ExitCodes.OK;
    }

    private String ofTable(String schema, String table) {
        try (Connection connection = connect()) {
            TableCatalogue catalogue = TableCatalogue.read(connection, schema, table)
                    .orElseThrow(() -> new UserError("There is no table %s.%s there.".formatted(schema, table)));
            return ContractDraft.of(product(table), "table " + what, catalogue.comment(), catalogue.columns());
        } catch (SQLException e) {
            throw new UserError("The database refuses: " + e.getMessage());
        }
    }

    private Connection connect() throws SQLException {
        if (url != null) {
            String password = System.getenv("PGPASSWORD");
            return password == null
                    ? DriverManager.getConnection(url)
                    : DriverManager.getConnection(url + (url.contains("?") ? "&" : "?") + "password=" + password);
        }
        String address = mesh().addresses().postgres();
        if (address == null || database == null) {
            throw new UserError(
                    ExitCodes.NOT_RUNNING,
                    "Which database? Name one of the mesh with --database, or another with --url.");
        }
        return Databases.admin(address, database);
    }

    private String ofTopic() {
        RegistryClient client = new RegistryClient(
                registry == null ? URI.create(mesh().addresses().registry()) : registry);
        try {
            Schema value = schema(client, "value")
                    .orElseThrow(() ->
                            new UserError("The registry has no schema %s-value; say in which group it is with --group."
                                    .formatted(what)));
            List<String> key = schema(client, "key")
                    .filter(found -> found.getType() == Schema.Type.RECORD)
                    .map(found ->
                            found.getFields().stream().map(Schema.Field::name).toList())
                    .orElse(List.of());
            return ContractDraft.of(
                    product(what),
                    "topic " + what,
                    Optional.ofNullable(value.getDoc()).orElse(""),
                    columns(value, key));
        } catch (RegistryException e) {
            throw new UserError(ExitCodes.NOT_RUNNING, String.valueOf(e.getMessage()));
        }
    }

    private List<DraftColumn> columns(Schema value, List<String> key) {
        try {
            return ContractDraft.columns(value, key);
        } catch (IllegalArgumentException nested) {
            throw new UserError("%s has a schema that is no flat row: %s".formatted(what, nested.getMessage()));
        }
    }

    private Optional<Schema> schema(RegistryClient client, String part) {
        List<String> groups = group == null ? List.of(domain, "default") : List.of(group);
        return groups.stream()
                .flatMap(one -> client.latest(one, what + "-" + part).stream())
                .flatMap(version -> client.content(version.contentId()).stream())
                .findFirst()
                .map(content -> new Schema.Parser().parse(content));
    }

    private Run mesh() {
        return RunningMesh.require(stateOption.state());
    }

    /** A product's own topic stays what it is; a table, or somebody else's topic, becomes bronze. */
    private ProductName product(String name) {
        try {
            return ProductName.ofTopic(name);
        } catch (IllegalArgumentException notYet) {
            String last = name.substring(name.lastIndexOf('.') + 1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9_-]", "_");
            try {
                return new ProductName(Layer.BRONZE, domain, last, 1);
            } catch (IllegalArgumentException e) {
                throw new UserError(ExitCodes.NOT_RUNNING, String.valueOf(e.getMessage()));
            }
        }
    }
}
