package io.weir.reversesync;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageId;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * One sync's session with its destination: the table is checked, then the session is marked, then each batch is one transaction of fence and rows.
 *
 * <p>The fence is {@code weir.fence} in the destination itself: (sync, key) -> the position of the change that wrote the row or deleted it. So what is
 * committed and what is remembered cannot differ, whichever of the two sides dies.
 */
final class PostgresDestination implements BatchWriter.Destination, AutoCloseable {

    private final java.sql.Connection connection;
    private final StageId stage;
    private final UUID topicId;
    private final Target target;
    private final UnaryOperator<String> castTypes;
    private final SyncStatements statements;

    private PostgresDestination(
            java.sql.Connection connection,
            StageId stage,
            UUID topicId,
            Target target,
            UnaryOperator<String> castTypes) {
        this.connection = connection;
        this.stage = stage;
        this.topicId = topicId;
        this.target = target;
        this.castTypes = castTypes;
        this.statements = SyncStatements.of(target, castTypes);
    }

    /** Connects and checks. A {@link DestinationException} says what somebody has to mend at the destination. */
    static PostgresDestination open(Sync sync, @Nullable String password, StageId stage, UUID topicId, Target target)
            throws SQLException {
        Connection to = sync.to();
        java.sql.Connection connection = connect(to, password, stage);
        try {
            DestinationTable table = DestinationTable.check(connection, target, to);
            makeFence(connection, to);
            EchoMark.mark(connection, sync);
            connection.setAutoCommit(false);
            return new PostgresDestination(connection, stage, topicId, target, table::castType);
        } catch (SQLException | RuntimeException failure) {
            connection.close();
            throw failure;
        }
    }

    private static java.sql.Connection connect(Connection to, @Nullable String password, StageId stage)
            throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", to.user());
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "weir " + stage);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("loginTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("prepareThreshold", "2");
        // The server gives up before the client does: else a statement that nobody waits for holds its locks.
        properties.setProperty("options", "-c statement_timeout=30s -c lock_timeout=10s -c TimeZone=UTC");
        java.sql.Connection connection = new Driver().connect(to.jdbcUrl(), properties);
        if (connection == null) {
            throw new IllegalStateException("not a PostgreSQL url: " + to.jdbcUrl());
        }
        return connection;
    }

    private static void makeFence(java.sql.Connection connection, Connection to) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (exists(statement, "SELECT to_regclass('weir.fence') IS NOT NULL")) {
                return;
            }
            if (!exists(statement, "SELECT to_regnamespace('weir') IS NOT NULL")) {
                statement.execute("CREATE SCHEMA IF NOT EXISTS weir");
            }
            statement.execute(SyncStatements.MAKE_FENCE);
        } catch (SQLException refused) {
            if (SqlFailure.of(refused) != SqlFailure.DESTINATION) {
                throw refused;
            }
            throw new DestinationException(
                    "role %s may not make the table weir.fence in %s, where a sync remembers what it wrote; run there as the owner: CREATE SCHEMA IF NOT EXISTS weir AUTHORIZATION %s"
                            .formatted(to.user(), to.database(), to.user()));
        }
    }

    private static boolean exists(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public List<WriteResult> write(List<PendingWrite> changes) throws SQLException {
        try {
            Set<ByteBuffer> fresh = advanceFence(changes);
            Set<ByteBuffer> held = fresh.size() == changes.size() ? Set.of() : held(changes);
            List<PendingWrite> deletes = changes.stream()
                    .filter(change -> change.isDelete() && fresh.contains(change.keyBytes()))
                    .toList();
            List<PendingWrite> upserts = changes.stream()
                    .filter(change -> !change.isDelete() && fresh.contains(change.keyBytes()))
                    .toList();
            // Deletions first: they may free a unique value that a new row takes.
            delete(deletes);
            Set<ByteBuffer> leftOut = upsert(upserts);
            connection.commit();
            return changes.stream()
                    .map(change -> result(change, fresh, held, leftOut))
                    .toList();
        } catch (SQLException | RuntimeException failure) {
            rollback(failure);
            throw failure;
        }
    }

    private WriteResult result(
            PendingWrite change, Set<ByteBuffer> fresh, Set<ByteBuffer> held, Set<ByteBuffer> leftOut) {
        ByteBuffer key = change.keyBytes();
        if (!fresh.contains(key)) {
            return held.contains(key) ? new WriteResult.AlreadyApplied() : new WriteResult.SkippedStale();
        }
        if (change.isDelete()) {
            return statements.delete() == null ? new WriteResult.SkippedByMode() : new WriteResult.Deleted();
        }
        return leftOut.contains(key) ? new WriteResult.SkippedByMode() : new WriteResult.Written();
    }

    private Set<ByteBuffer> advanceFence(List<PendingWrite> changes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SyncStatements.ADVANCE_FENCE)) {
            statement.setString(1, stage.toString());
            statement.setObject(2, topicId);
            statement.setString(3, target.shape());
            setPositions(statement, 4, changes);
            statement.setArray(
                    7,
                    array(
                            "boolean",
                            changes.stream().map(PendingWrite::isDelete).toArray()));
            return keys(statement);
        }
    }

    private Set<ByteBuffer> held(List<PendingWrite> changes) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SyncStatements.HELD)) {
            setPositions(statement, 1, changes);
            statement.setString(4, stage.toString());
            statement.setObject(5, topicId);
            return keys(statement);
        }
    }

    private void setPositions(PreparedStatement statement, int first, List<PendingWrite> changes) throws SQLException {
        byte[][] keys = changes.stream().map(change -> change.record().key()).toArray(byte[][]::new);
        statement.setArray(first, connection.createArrayOf("bytea", keys));
        statement.setArray(
                first + 1,
                array(
                        "integer",
                        changes.stream()
                                .map(change -> change.record().partition())
                                .toArray()));
        statement.setArray(
                first + 2,
                array(
                        "bigint",
                        changes.stream().map(change -> change.record().offset()).toArray()));
    }

    private static Set<ByteBuffer> keys(PreparedStatement statement) throws SQLException {
        Set<ByteBuffer> keys = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(ByteBuffer.wrap(row.getBytes(1)));
            }
        }
        return keys;
    }

    private void delete(List<PendingWrite> changes) throws SQLException {
        String delete = statements.delete();
        if (delete == null || changes.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(delete)) {
            setCells(statement, target.key(), changes);
            statement.executeUpdate();
        }
    }

    /** Gives the keys of the rows that the sync's mode leaves out. */
    private Set<ByteBuffer> upsert(List<PendingWrite> changes) throws SQLException {
        Set<ByteBuffer> leftOut = new HashSet<>();
        if (changes.isEmpty()) {
            return leftOut;
        }
        String existing = statements.existing();
        if (existing != null) {
            try (PreparedStatement statement = connection.prepareStatement(existing)) {
                setCells(statement, target.key(), changes);
                leftOut.addAll(keysAt(statement, changes));
            }
        }
        String update = statements.update();
        if (update != null) {
            try (PreparedStatement statement = connection.prepareStatement(update)) {
                setCells(statement, target.cells(), changes);
                Set<ByteBuffer> found = keysAt(statement, changes);
                changes.stream()
                        .map(PendingWrite::keyBytes)
                        .filter(key -> !found.contains(key))
                        .forEach(leftOut::add);
            }
        }
        String upsert = statements.upsert();
        if (upsert != null) {
            try (PreparedStatement statement = connection.prepareStatement(upsert)) {
                setCells(statement, target.cells(), changes);
                statement.executeUpdate();
            }
        }
        return leftOut;
    }

    private static Set<ByteBuffer> keysAt(PreparedStatement statement, List<PendingWrite> changes) throws SQLException {
        Set<ByteBuffer> keys = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                keys.add(changes.get(row.getInt(1) - 1).keyBytes());
            }
        }
        return keys;
    }

    /**
     * Removes the rows that the product does not hold, and gives their number.
     *
     * <p>In a snapshot that is older than the product's end: a row that another process writes meanwhile is not seen, or fails the transaction.
     */
    int removeOthers(WholeProduct product) throws SQLException {
        connection.setTransactionIsolation(java.sql.Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement statement = connection.createStatement()) {
            // Takes the snapshot.
            statement.execute("SELECT FROM %s.%s LIMIT 1"
                    .formatted(SyncStatements.quoted(target.schema()), SyncStatements.quoted(target.table())));
            statement.execute(SyncStatements.makeLive(target, castTypes));
            try (PreparedStatement add = connection.prepareStatement(SyncStatements.addLive(target, castTypes))) {
                for (List<PendingWrite> changes = product.next(); !changes.isEmpty(); changes = product.next()) {
                    setCells(add, target.key(), changes);
                    add.setArray(
                            target.key().size() + 1,
                            array(
                                    "boolean",
                                    changes.stream()
                                            .map(change -> !change.isDelete())
                                            .toArray()));
                    add.executeUpdate();
                }
            }
            int removed = statement.executeUpdate(SyncStatements.removeOthers(target));
            connection.commit();
            return removed;
        } catch (SQLException | RuntimeException failure) {
            rollback(failure);
            throw failure;
        } finally {
            connection.setTransactionIsolation(java.sql.Connection.TRANSACTION_READ_COMMITTED);
        }
    }

    private void setCells(PreparedStatement statement, List<Target.Cell> cells, List<PendingWrite> changes)
            throws SQLException {
        int keys = target.key().size();
        for (int i = 0; i < cells.size(); i++) {
            Target.Cell cell = cells.get(i);
            boolean isKey = i < keys;
            @Nullable String[] column = new String[changes.size()];
            for (int n = 0; n < column.length; n++) {
                @Nullable
                Object @Nullable [] from =
                        isKey ? changes.get(n).key() : changes.get(n).row();
                column[n] = TextForm.of(cell.type(), from == null ? null : from[cell.position()]);
            }
            statement.setArray(i + 1, connection.createArrayOf("text", column));
        }
    }

    private Array array(String type, Object[] values) throws SQLException {
        return connection.createArrayOf(type, values);
    }

    private void rollback(Exception failure) {
        try {
            connection.rollback();
        } catch (SQLException alsoFailed) {
            failure.addSuppressed(alsoFailed);
        }
    }

    /** Whether the session can still be used after a failure. */
    boolean isUsable() {
        try {
            return !connection.isClosed() && connection.isValid(2);
        } catch (SQLException unusable) {
            return false;
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ignored) {
            // The server ends the session when the socket closes.
        }
    }
}
