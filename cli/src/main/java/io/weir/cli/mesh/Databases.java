package io.weir.cli.mesh;

import io.weir.infra.local.LocalPostgres;
import io.weir.infra.local.PartException;
import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.Secret;
import io.weir.kit.contract.Source;
import io.weir.kit.contract.Sync;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** Makes the databases that are ours, and checks before the mesh starts that each database can be used as the domain says. */
public final class Databases {

    private static final String MARK = "made by weir";

    private final LocalDomain local;
    private final int port;

    public Databases(LocalDomain local, int port) {
        this.local = local;
        this.port = port;
    }

    /** Makes what is missing on our own server; says what it did. */
    public String make() {
        List<String> made = new ArrayList<>();
        for (String database : local.embedded()) {
            Path script = local.domain().folder().resolve("database").resolve(database + ".sql");
            try {
                if (make(database, script)) {
                    made.add(database);
                }
            } catch (IOException e) {
                throw new PartException(
                        "%s cannot be read (%s): it makes the tables of the database %s. Write it, or point to an existing database with --source."
                                .formatted(script, e.getMessage(), database),
                        e);
            } catch (SQLException e) {
                throw new PartException("%s failed: %s".formatted(script, oneLine(e)), e);
            }
        }
        List<String> there = new ArrayList<>(local.embedded());
        there.removeAll(made);
        return made.isEmpty()
                ? String.join(", ", there)
                : "made " + String.join(", ", made) + (there.isEmpty() ? "" : "; " + String.join(", ", there));
    }

    private boolean make(String database, Path script) throws IOException, SQLException {
        try (java.sql.Connection admin = admin("postgres");
                Statement statement = admin.createStatement()) {
            if (!exists(admin, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
                statement.execute("CREATE DATABASE " + quoted(database));
            } else if (exists(
                    admin,
                    "SELECT 1 FROM pg_database d JOIN pg_shdescription s ON s.objoid = d.oid WHERE d.datname = ? AND s.description = '"
                            + MARK + "'",
                    database)) {
                return false;
            }
        }
        String sql = Files.readString(script);
        try (java.sql.Connection admin = admin(database);
                Statement statement = admin.createStatement()) {
            // With the mark in the same transaction: what was interrupted half-way is done again from the start.
            admin.setAutoCommit(false);
            statement.execute(sql);
            statement.execute("COMMENT ON DATABASE %s IS '%s'".formatted(quoted(database), MARK));
            admin.commit();
        }
        return true;
    }

    /** Whether each database answers, lets us in, and has what the domain's sources and syncs name. */
    public String check() {
        Domain domain = local.domain();
        for (Source source : domain.sources()) {
            if (source.connection().isPresent()) {
                Connection connection = source.connection().get();
                try (java.sql.Connection session = open(connection, local.environment())) {
                    checkSource(source, session);
                } catch (SQLException e) {
                    throw new PartException(explain(where(source.file()), connection, e), e);
                }
            }
        }
        for (Sync sync : domain.syncs()) {
            try (java.sql.Connection session = open(sync.to(), local.environment())) {
                checkTable(sync.table(), where(sync.file()), sync.to(), session);
            } catch (SQLException e) {
                throw new PartException(explain(where(sync.file()), sync.to(), e), e);
            }
        }
        return LocalDomain.connections(domain).stream()
                .map(Connection::database)
                .distinct()
                .reduce((a, b) -> a + ", " + b)
                .map(names -> names + " usable")
                .orElse("none");
    }

    private void checkSource(Source source, java.sql.Connection session) throws SQLException {
        Connection connection = source.connection().orElseThrow();
        if (!exists(session, "SELECT 1 FROM pg_settings WHERE name = 'wal_level' AND setting = ?", "logical")) {
            throw new PartException(
                    "%s: %s does not write a logical log, so its changes cannot be captured. Run ALTER SYSTEM SET wal_level = logical and restart PostgreSQL."
                            .formatted(where(source.file()), connection.url()));
        }
        for (Source.Table table : source.tables()) {
            checkTable(table.table(), where(source.file()), connection, session);
            if (!exists(
                    session,
                    "SELECT 1 FROM pg_index WHERE indrelid = to_regclass(?) AND indisprimary",
                    table.table())) {
                throw new PartException(
                        "%s: table %s of %s has no primary key, so an update or a delete does not say which row it meant. Run ALTER TABLE %s ADD PRIMARY KEY (...), or take the table out of the source."
                                .formatted(where(source.file()), table.table(), connection.url(), table.table()));
            }
        }
    }

    private static void checkTable(String table, String file, Connection connection, java.sql.Connection session)
            throws SQLException {
        if (!exists(session, "SELECT 1 WHERE to_regclass(?) IS NOT NULL", table)) {
            throw new PartException("%s: there is no table %s in %s (or user %s may not see its schema)."
                    .formatted(file, table, connection.url(), connection.user()));
        }
    }

    /** Opens a session as the domain's files say. */
    public static java.sql.Connection open(Connection connection, Map<String, String> environment) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", connection.user());
        String password = connection
                .password()
                .map(secret -> resolve(secret, environment))
                .orElse("");
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "8");
        properties.setProperty("ApplicationName", "weir");
        return DriverManager.getConnection(connection.jdbcUrl(), properties);
    }

    private static String resolve(Secret secret, Map<String, String> environment) {
        return switch (secret) {
            case Secret.Env env -> {
                String value = environment.getOrDefault(env.name(), System.getenv(env.name()));
                if (value == null) {
                    throw new PartException(
                            "The environment variable %s is not set; it holds a database's password. Set it: export %s=..."
                                    .formatted(env.name(), env.name()));
                }
                yield value;
            }
            case Secret.File file -> {
                try {
                    yield Files.readString(Path.of(file.path())).stripTrailing();
                } catch (IOException e) {
                    throw new PartException(
                            "%s cannot be read (%s); it holds a database's password."
                                    .formatted(file.path(), e.getMessage()),
                            e);
                }
            }
        };
    }

    static String explain(String file, Connection connection, SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String who = "%s as user %s".formatted(connection.url(), connection.user());
        return switch (state) {
            case "28P01", "28000" ->
                "%s: %s refuses the login: wrong password or unknown user. The password comes from %s."
                        .formatted(
                                file,
                                who,
                                connection
                                        .password()
                                        .map(Databases::name)
                                        .orElse("nowhere: name it with passwordFrom"));
            case "3D000" ->
                "%s: %s has no database \"%s\"."
                        .formatted(file, connection.host() + ":" + connection.port(), connection.database());
            case "08001", "08004", "08006" ->
                "%s: %s does not answer (%s). Start it, or check host and port."
                        .formatted(file, connection.url(), oneLine(e));
            default -> "%s: %s cannot be used: %s".formatted(file, who, oneLine(e));
        };
    }

    private static String name(Secret secret) {
        return switch (secret) {
            case Secret.Env env -> "the environment variable " + env.name();
            case Secret.File file -> "the file " + file.path();
        };
    }

    /** As the superuser of our own server. */
    public static java.sql.Connection admin(String hostAndPort, String database) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", LocalPostgres.USER);
        properties.setProperty("password", LocalPostgres.PASSWORD);
        properties.setProperty("connectTimeout", "5");
        return DriverManager.getConnection("jdbc:postgresql://%s/%s".formatted(hostAndPort, database), properties);
    }

    private java.sql.Connection admin(String database) throws SQLException {
        return admin("127.0.0.1:" + port, database);
    }

    private static boolean exists(java.sql.Connection session, String query, String argument) throws SQLException {
        try (var statement = session.prepareStatement(query)) {
            statement.setString(1, argument);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }

    private String where(Path file) {
        Path folder = local.domain().folder().toAbsolutePath();
        Path absolute = file.toAbsolutePath();
        return absolute.startsWith(folder) ? folder.relativize(absolute).toString() : file.toString();
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static String oneLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
