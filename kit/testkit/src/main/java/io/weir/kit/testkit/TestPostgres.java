package io.weir.kit.testkit;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The test JVM's PostgreSQL server, with logical decoding on; superuser {@code postgres}, password {@code postgres}.
 *
 * @param address {@code host:port}
 */
public record TestPostgres(String address) {

    public static final String USER = "postgres";

    public static final String PASSWORD = "postgres";

    public String host() {
        return address.substring(0, address.lastIndexOf(':'));
    }

    public int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** A new, empty database; {@link Testkit#unique} names it well. */
    public TestDatabase createDatabase(String name) {
        execute("CREATE DATABASE \"" + name + "\"");
        return new TestDatabase(this, name);
    }

    /**
     * A role that may log in.
     *
     * @param options as in CREATE ROLE: {@code REPLICATION}, or empty
     */
    public void createRole(String name, String password, String options) {
        execute("CREATE ROLE \"%s\" LOGIN PASSWORD '%s' %s".formatted(name, password.replace("'", "''"), options));
    }

    /** Runs statements as the superuser in the database {@code postgres}. */
    public void execute(String... statements) {
        new TestDatabase(this, "postgres").execute(statements);
    }

    /** Ends every replication slot of a database, then drops it with all its connections. */
    public void dropDatabase(String name) {
        execute(
                """
                SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots
                WHERE database = '%s' AND active""".formatted(name),
                "DO $$ DECLARE slot name; BEGIN FOR slot IN SELECT slot_name FROM pg_replication_slots WHERE database = '"
                        + name
                        + "' LOOP PERFORM pg_drop_replication_slot(slot); END LOOP; END $$",
                "DROP DATABASE IF EXISTS \"" + name + "\" WITH (FORCE)");
    }

    Connection connect(String database, String user, String password) throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://%s/%s".formatted(address, database), user, password);
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }
}
