package io.weir.reversesync;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What an SQLSTATE (PostgreSQL manual, appendix A) means for a sync: try again, give up on the row, or look at the table. */
enum SqlFailure {
    /** Goes away by itself: connection, restart, deadlock, serialization, too many connections, disk full. */
    TRANSIENT,
    /** The row's own fault: a constraint, a value that does not fit, a trigger that refuses it. */
    ROW,
    /** The destination is not as the sync needs it: table, column, permission, password. Somebody has to mend it. */
    DESTINATION;

    static SqlFailure of(SQLException failure) {
        return of(failure.getSQLState());
    }

    static SqlFailure of(@Nullable String sqlState) {
        if (sqlState == null || sqlState.length() < 2) {
            return TRANSIENT;
        }
        return switch (sqlState.substring(0, 2)) {
            // 25: read-only transaction, as after a failover to a replica. 55: object in use, lock not available.
            case "08", "25", "40", "53", "55", "57", "58", "F0", "XX" -> TRANSIENT;
            case "21", "22", "23", "27", "44", "54", "P0" -> ROW;
            default -> DESTINATION;
        };
    }
}
