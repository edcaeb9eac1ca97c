package io.weir.reversesync;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Sync;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Marks a session, and so every transaction that it commits, with a replication origin (PostgreSQL manual, chapter 48): whoever captures the destination sees in
 * the log that Weir wrote the row, and stops the echo.
 *
 * <p>Origins are named {@code weir/<domain>.<sync>/<slot>}. A name serves one session at a time, so each takes the first slot that is free; the server frees it
 * when the session ends, however it ends. Names are the whole server's, which keeps ten by default ({@code max_active_replication_origins}).
 */
final class EchoMark {

    static final String PREFIX = "weir/";

    private static final int SLOTS = 4;
    private static final String OBJECT_IN_USE = "55006";
    private static final String LIMIT_EXCEEDED = "53400";

    private EchoMark() {}

    /** The origin's name, now in force. An {@link SQLException} of class 55 where every slot is taken. */
    static String mark(java.sql.Connection connection, Sync sync) throws SQLException {
        SQLException taken = new SQLException("every origin of the sync is taken", OBJECT_IN_USE);
        for (int slot = 0; slot < SLOTS; slot++) {
            String origin = "%s%s.%s/%d".formatted(PREFIX, sync.domain(), sync.name(), slot);
            try {
                if (!call(connection, "SELECT pg_replication_origin_oid(?) IS NOT NULL", origin)) {
                    call(connection, "SELECT pg_replication_origin_create(?) IS NOT NULL", origin);
                }
                call(connection, "SELECT pg_replication_origin_session_setup(?) IS NULL", origin);
                return origin;
            } catch (SQLException failure) {
                if (SqlFailure.of(failure) == SqlFailure.DESTINATION) {
                    throw notGranted(sync.to());
                }
                if (LIMIT_EXCEEDED.equals(failure.getSQLState())) {
                    throw new DestinationException(
                            "the server of %s keeps no more replication origins, with which a sync marks its writes: raise max_active_replication_origins there, or drop unused ones (pg_replication_origin_drop)"
                                    .formatted(sync.to().database()));
                }
                if (!OBJECT_IN_USE.equals(failure.getSQLState())) {
                    throw failure;
                }
                taken = failure;
            }
        }
        throw taken;
    }

    private static boolean call(java.sql.Connection connection, String query, String origin) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, origin);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getBoolean(1);
            }
        }
    }

    private static DestinationException notGranted(Connection to) {
        return new DestinationException(
                "role %s may not mark its writes in %s, so that their echo could not be told from other changes; run there as a superuser: GRANT EXECUTE ON FUNCTION pg_replication_origin_oid(text), pg_replication_origin_create(text), pg_replication_origin_session_setup(text) TO %s"
                        .formatted(to.user(), to.database(), to.user()));
    }
}
