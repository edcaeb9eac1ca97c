package io.weir.cli;

import io.weir.cli.mesh.Databases;
import io.weir.cli.mesh.Run;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weir sql}: one statement against a database of the mesh, for whom no {@code psql} is at hand. */
@Command(
        name = "sql",
        description = "Runs one SQL statement in a database of our own PostgreSQL, as its administrator.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the database refuses the statement",
            "2:no mesh runs, or it uses an existing database"
        },
        footerHeading = "%nExample:%n",
        footer = "  ./weir sql shop \"UPDATE customers SET country = 'Holland' WHERE id = 1\"")
final class SqlCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DATABASE", description = "shop, crm, ...")
    String database = "";

    @Parameters(index = "1", paramLabel = "STATEMENT", description = "SQL, in quotes.")
    String statement = "";

    @Option(
            names = "--output",
            paramLabel = "text|json",
            defaultValue = "TEXT",
            description = "json: an array of rows (default: text).")
    Output output = Output.TEXT;

    @Mixin
    StateOption stateOption = new StateOption();

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Run run = RunningMesh.require(stateOption.state());
        String address = run.addresses().postgres();
        if (address == null) {
            throw new UserError(
                    ExitCodes.NOT_RUNNING, "This mesh uses existing databases only: reach them with their own tools.");
        }
        Terminal terminal = Terminal.of(spec.commandLine().getOut());
        try (Connection connection = Databases.admin(address, database);
                Statement sql = connection.createStatement()) {
            if (!sql.execute(statement)) {
                int rows = sql.getUpdateCount();
                terminal.line(output == Output.JSON ? Json.compact(Map.of("rows", rows)) : Texts.plural(rows, "row"));
                return ExitCodes.OK;
            }
            try (ResultSet rows = sql.getResultSet()) {
                print(rows, terminal);
            }
            return ExitCodes.OK;
        } catch (SQLException e) {
            throw new UserError(String.valueOf(e.getMessage()));
        }
    }

    private void print(ResultSet rows, Terminal terminal) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        String[] names = new String[columns.getColumnCount()];
        for (int i = 0; i < names.length; i++) {
            names[i] = columns.getColumnLabel(i + 1);
        }
        TextTable table = new TextTable(names);
        List<Map<String, @Nullable String>> documents = new ArrayList<>();
        while (rows.next()) {
            String[] cells = new String[names.length];
            Map<String, @Nullable String> document = new LinkedHashMap<>();
            for (int i = 0; i < names.length; i++) {
                String value = rows.getString(i + 1);
                document.put(names[i], value);
                cells[i] = value == null ? terminal.dim("null") : value.replace("\n", " ");
            }
            table.row(cells);
            documents.add(document);
        }
        if (output == Output.JSON) {
            terminal.line(Json.pretty(documents));
        } else {
            table.lines().forEach(terminal::line);
            terminal.line(terminal.dim("(" + Texts.plural(documents.size(), "row") + ")"));
        }
    }
}
