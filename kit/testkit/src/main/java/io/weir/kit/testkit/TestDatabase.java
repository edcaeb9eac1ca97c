package io.weir.kit.testkit;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One database of the test JVM's PostgreSQL server. */
public record TestDatabase(TestPostgres server, String name) {

    /** As sources and syncs name it: {@code postgresql://127.0.0.1:32799/shop_1}. */
    public String url() {
        return "postgresql://%s/%s".formatted(server.address(), name);
    }

    public String jdbcUrl() {
        return "jdbc:" + url();
    }

    /** As the superuser. */
    public Connection connect() throws SQLException {
        return connect(TestPostgres.USER, TestPostgres.PASSWORD);
    }

    public Connection connect(String user, String password) throws SQLException {
        return server.connect(name, user, password);
    }

    /** Runs statements as the superuser, each in a transaction of its own. */
    public void execute(String... statements) {
        try (Connection connection = connect()) {
            TestPostgres.run(connection, statements);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs statements as the superuser in one transaction. */
    public void executeTogether(String... statements) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            TestPostgres.run(connection, statements);
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The rows of a query, each by column name, in the query's order. */
    public List<Map<String, @Nullable Object>> query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<Map<String, @Nullable Object>> rows = new ArrayList<>();
            while (result.next()) {
                Map<String, @Nullable Object> row = new LinkedHashMap<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    row.put(result.getMetaData().getColumnLabel(i), result.getObject(i));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Drops it, its replication slots first. */
    public void drop() {
        server.dropDatabase(name);
    }
}
