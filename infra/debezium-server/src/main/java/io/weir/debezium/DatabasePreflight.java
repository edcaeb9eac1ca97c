package io.weir.debezium;

import io.weir.kit.contract.DidYouMean;
import io.weir.kit.contract.Source;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Whether the database lets itself be captured, before Debezium tries: it answers, lets the role in, decodes logically, has the tables,
 * with primary keys, readable, in a publication. Makes the publication where the role may.
 */
final class DatabasePreflight {

    private final CapturedSource captured;

    DatabasePreflight(CapturedSource captured) {
        this.captured = captured;
    }

    /** @throws CaptureException with the source's file, the place and the fix */
    void run() {
        try (Connection connection = connect()) {
            requireLogicalDecoding(connection);
            requireReplicationRole(connection);
            for (Source.Table table : captured.source().tables()) {
                requireTable(connection, table);
            }
            requirePublication(connection);
        } catch (SQLException e) {
            throw new CaptureException("%s: %s: %s".formatted(captured.file(), captured.place(), e.getMessage()), e);
        }
    }

    private Connection connect() {
        try {
            return captured.open();
        } catch (SQLException e) {
            throw new CaptureException(
                    "%s: %s: %s"
                            .formatted(
                                    captured.file(),
                                    captured.place(),
                                    explain(
                                            e.getSQLState() == null ? "" : e.getSQLState(),
                                            String.valueOf(e.getMessage()))),
                    e);
        }
    }

    private String explain(String state, String message) {
        return switch (state) {
            case "28P01" ->
                "the password is wrong. Change it where %s says (passwordFrom), or: ALTER ROLE %s PASSWORD '...'"
                        .formatted(captured.file(), captured.connection().user());
            case "28000" ->
                "the server does not let this role in (%s). Check pg_hba.conf, or: CREATE ROLE %s LOGIN REPLICATION PASSWORD '...'"
                        .formatted(message, captured.connection().user());
            case "3D000" -> "there is no such database. Create it, or correct connection.url in " + captured.file();
            case "53300" -> "the server has no connection left (%s). Raise max_connections".formatted(message);
            default ->
                state.startsWith("08")
                        ? "the database does not answer. Start it, or correct connection.url in " + captured.file()
                        : message;
        };
    }

    private void requireLogicalDecoding(Connection connection) throws SQLException {
        String level = text(connection, "SHOW wal_level");
        if (!level.equals("logical")) {
            throw problem(
                    "wal_level is %s, and capture needs logical: ALTER SYSTEM SET wal_level = logical; then restart the server"
                            .formatted(level));
        }
    }

    private void requireReplicationRole(Connection connection) throws SQLException {
        String may = text(
                connection, "SELECT (rolreplication OR rolsuper)::text FROM pg_roles WHERE rolname = current_user");
        if (!may.equals("true")) {
            throw problem("the role may not replicate: ALTER ROLE %s REPLICATION"
                    .formatted(captured.connection().user()));
        }
    }

    private void requireTable(Connection connection, Source.Table table) throws SQLException {
        String[] name = table.table().split("\\.", 2);
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT c.oid,
                       has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'),
                       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary)
                FROM   pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE  n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p')""")) {
            query.setString(1, name[0]);
            query.setString(2, name[1]);
            try (ResultSet found = query.executeQuery()) {
                if (!found.next()) {
                    String near = DidYouMean.hint(
                            table.table(),
                            texts(
                                    connection,
                                    "SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"));
                    throw problem("table %s is not there%s. Create it, or correct tables: in %s"
                            .formatted(table.table(), near, captured.file()));
                }
                if (!found.getBoolean(2)) {
                    throw problem(
                            "the role may not read table %s: GRANT USAGE ON SCHEMA %s TO %s; GRANT SELECT ON %s TO %s"
                                    .formatted(
                                            table.table(),
                                            name[0],
                                            captured.connection().user(),
                                            table.table(),
                                            captured.connection().user()));
                }
                if (!found.getBoolean(3)) {
                    throw problem(
                            "table %s has no primary key, so its rows cannot be told apart: ALTER TABLE %s ADD PRIMARY KEY (...)"
                                    .formatted(table.table(), table.table()));
                }
            }
        }
    }

    private void requirePublication(Connection connection) throws SQLException {
        String publication = captured.slot();
        boolean exists = !texts(connection, "SELECT pubname FROM pg_publication WHERE pubname = '" + publication + "'")
                .isEmpty();
        TreeSet<String> missing = captured.source().tables().stream()
                .map(Source.Table::table)
                .collect(Collectors.toCollection(TreeSet::new));
        missing.removeAll(texts(
                connection,
                "SELECT schemaname || '.' || tablename FROM pg_publication_tables WHERE pubname = '" + publication
                        + "'"));
        if (missing.isEmpty()) {
            return;
        }
        String tables = missing.stream().map(DatabasePreflight::quoted).collect(Collectors.joining(", "));
        String statement = exists
                ? "ALTER PUBLICATION %s ADD TABLE %s".formatted(publication, tables)
                : "CREATE PUBLICATION %s FOR TABLE %s".formatted(publication, tables);
        try (Statement change = connection.createStatement()) {
            change.execute(statement);
        } catch (SQLException e) {
            throw new CaptureException(
                    "%s: %s: the role may not publish its tables (%s). Let their owner run: %s"
                            .formatted(captured.file(), captured.place(), e.getMessage(), statement),
                    e);
        }
    }

    private CaptureException problem(String what) {
        return new CaptureException("%s: %s: %s".formatted(captured.file(), captured.place(), what));
    }

    private static String quoted(String table) {
        String[] name = table.split("\\.", 2);
        return "\"%s\".\"%s\"".formatted(name[0].replace("\"", "\"\""), name[1].replace("\"", "\"\""));
    }

    private static String text(Connection connection, String sql) throws SQLException {
        List<String> found = texts(connection, sql);
        return found.isEmpty() ? "" : found.getFirst();
    }

    private static List<String> texts(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
