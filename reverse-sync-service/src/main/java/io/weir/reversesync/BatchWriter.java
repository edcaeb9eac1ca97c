package io.weir.reversesync;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Writes a batch in one transaction, and where the destination refuses a row of it, halves it until the row stands alone: that row is given up, the rest is
 * written.
 *
 * <p>Where the row that is given up had replaced an earlier change of its key in the batch, that one is written: the key's last good value stands. Errors
 * that are not a row's fault are thrown; what was written until then stays written, and is recognised when the batch comes again.
 */
final class BatchWriter {

    /** A change and what became of it. */
    record Applied(PendingWrite change, WriteResult result) {}

    /** Writes changes of distinct keys in one transaction: all or, with an {@link SQLException}, none. */
    interface Destination {
        List<WriteResult> write(List<PendingWrite> changes) throws SQLException;
    }

    private final Destination destination;

    BatchWriter(Destination destination) {
        this.destination = destination;
    }

    /** What became of each change; superseded ones are among them. */
    List<Applied> write(List<PendingWrite> changes) throws SQLException {
        List<Applied> results = new ArrayList<>(changes.size());
        List<PendingWrite> coalesced = Batches.coalesce(changes);
        if (!coalesced.isEmpty()) {
            write(coalesced, results);
        }
        return results;
    }

    private void write(List<PendingWrite> changes, List<Applied> results) throws SQLException {
        try {
            List<WriteResult> written = destination.write(changes);
            for (int i = 0; i < changes.size(); i++) {
                results.add(new Applied(changes.get(i), written.get(i)));
                supersede(changes.get(i).superseded(), results);
            }
        } catch (SQLException failure) {
            if (SqlFailure.of(failure) != SqlFailure.ROW) {
                throw failure;
            }
            if (changes.size() > 1) {
                int half = changes.size() / 2;
                write(changes.subList(0, half), results);
                write(changes.subList(half, changes.size()), results);
            } else {
                giveUp(changes.getFirst(), failure, results);
            }
        }
    }

    private void giveUp(PendingWrite change, SQLException failure, List<Applied> results) throws SQLException {
        results.add(
                new Applied(change, new WriteResult.Refused(String.valueOf(failure.getSQLState()), place(failure))));
        PendingWrite earlier = change.superseded();
        if (earlier != null) {
            write(new ArrayList<>(List.of(earlier)), results);
        }
    }

    private static void supersede(@Nullable PendingWrite change, List<Applied> results) {
        for (PendingWrite at = change; at != null; at = at.superseded()) {
            results.add(new Applied(at, new WriteResult.Superseded()));
        }
    }

    /** Names only: PostgreSQL's message would hold values. */
    private static String place(SQLException failure) {
        if (failure instanceof PSQLException refused) {
            ServerErrorMessage said = refused.getServerErrorMessage();
            if (said != null) {
                if (said.getConstraint() != null) {
                    return "constraint " + said.getConstraint();
                }
                if (said.getColumn() != null) {
                    return "column " + said.getColumn();
                }
            }
        }
        return "";
    }
}
