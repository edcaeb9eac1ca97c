package io.weir.ingest;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a captured table as a whole.
 *
 * @param started whether any change was seen
 * @param snapshotLsn where the newest snapshot was taken; 0 where there was none
 * @param sweepPending whether rows that the newest snapshot does not hold still have to go
 * @param first the transaction since that snapshot of which the log knows no commit before it; {@link Position#NO_TRANSACTION} for none yet
 * @param commitKnown whether a change with a known commit before it was seen since that snapshot
 * @param truncatedAt the last truncation
 * @param moved the row that the last deletion took away: it may stand up under another key
 */
record TableState(
        boolean started,
        long snapshotLsn,
        boolean sweepPending,
        long first,
        boolean commitKnown,
        Position truncatedAt,
        @Nullable Moved moved) {

    static final TableState NEW = new TableState(false, 0, false, Position.NO_TRANSACTION, false, Position.NEVER, null);

    /** A row and the deletion that took it away. */
    record Moved(Position position, @Nullable Object[] row) {}

    /** The first snapshot of all has nothing to sweep. */
    TableState inSnapshot(long lsn) {
        return lsn <= snapshotLsn
                ? this
                : new TableState(true, lsn, started, Position.NO_TRANSACTION, false, truncatedAt, moved);
    }

    /**
     * Whether a change tells of a snapshot that held no row: only the first transaction after a snapshot has no known commit before it, and this is another
     * transaction than the first one known.
     */
    boolean isBeforeUnseenSnapshot(Position change) {
        return change.commitLsn() == 0
                && change.transactionId() != Position.NO_TRANSACTION
                && change.transactionId() != first
                && (commitKnown || first != Position.NO_TRANSACTION);
    }

    /** After a change of the log, not of a snapshot. */
    TableState streaming(Position change) {
        if (change.commitLsn() != 0) {
            return commitKnown && started
                    ? this
                    : new TableState(true, snapshotLsn, sweepPending, first, true, truncatedAt, moved);
        }
        return first == change.transactionId() && started
                ? this
                : new TableState(true, snapshotLsn, sweepPending, change.transactionId(), false, truncatedAt, moved);
    }

    TableState swept() {
        return new TableState(started, snapshotLsn, false, first, commitKnown, truncatedAt, moved);
    }

    TableState truncated(Position position) {
        return new TableState(true, snapshotLsn, false, first, commitKnown, position, null);
    }

    TableState moving(Moved row) {
        return new TableState(true, snapshotLsn, sweepPending, first, commitKnown, truncatedAt, row);
    }
}
