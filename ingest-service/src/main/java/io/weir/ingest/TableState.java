package io.weir.ingest;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a captured table as a whole.
 *
 * @param started whether any change was seen
 * @param snapshotLsn where the newest snapshot was taken; 0 where there was none
 * @param sweepPending whether rows that the newest snapshot does not hold still have to go
 * @param truncatedAt the last truncation
 * @param moved the row that the last deletion took away: it may stand up under another key
 */
record TableState(
        boolean started,
        long snapshotLsn,
        boolean sweepPending,
        Position truncatedAt,
        @Nullable Moved moved) {

    static final TableState NEW = new TableState(false, 0, false, Position.NEVER, null);

    /** A row and the deletion that took it away. */
    record Moved(Position position, @Nullable Object[] row) {}

    TableState start() {
        return started ? this : new TableState(true, snapshotLsn, sweepPending, truncatedAt, moved);
    }

    TableState inSnapshot(long lsn) {
        return lsn <= snapshotLsn
                ? start()
                : new TableState(
                        true, lsn, started, truncatedAt, moved); // the first snapshot of all has nothing to sweep
    }

    TableState swept() {
        return sweepPending ? new TableState(started, snapshotLsn, false, truncatedAt, moved) : this;
    }

    TableState truncated(Position position) {
        return new TableState(true, snapshotLsn, false, position, null);
    }

    TableState moving(Moved row) {
        return new TableState(true, snapshotLsn, sweepPending, truncatedAt, row);
    }
}
