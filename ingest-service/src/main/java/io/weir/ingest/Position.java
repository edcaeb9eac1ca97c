package io.weir.ingest;

/**
 * Where a change stands in PostgreSQL's log, as far as Debezium tells.
 *
 * <p>Transactions come one after the other in commit order, while their log sequence numbers (LSN) interleave: so the commit decides first, and the change's own
 * LSN only within one transaction. Debezium's {@code source.sequence} gives the end of the commit <em>before</em> the transaction, which orders transactions
 * just as well. It can give another value for the rest of a transaction in the middle of which it was restarted, hence {@code transactionId}.
 *
 * @param commitLsn end of the last commit before the change's transaction
 * @param lsn the change's own LSN; 0 for rows of a snapshot
 * @param transactionId PostgreSQL's transaction id; {@link #NO_TRANSACTION} where there is none
 * @param serial order of changes with one LSN: an update of the primary key is a deletion, then a creation
 */
record Position(long commitLsn, long lsn, long transactionId, int serial) {

    static final long NO_TRANSACTION = -1;

    /** Before every change. */
    static final Position NEVER = new Position(-1, -1, NO_TRANSACTION, 0);

    boolean isAfter(Position other) {
        boolean sameTransaction = transactionId != NO_TRANSACTION && transactionId == other.transactionId;
        if (!sameTransaction && commitLsn != other.commitLsn) {
            return commitLsn > other.commitLsn;
        }
        return lsn == other.lsn ? serial > other.serial : lsn > other.lsn;
    }

    /** Whether both are parts of one change in the log: the deletion and the creation of an update of the primary key. */
    boolean isSameChange(Position other) {
        return lsn == other.lsn && transactionId == other.transactionId && transactionId != NO_TRANSACTION;
    }

    /** The same change in a log of which everything up to {@code floorLsn} is known from a snapshot. */
    Position raisedTo(long floorLsn) {
        return commitLsn >= floorLsn ? this : new Position(floorLsn, lsn, transactionId, serial);
    }

    /** {@code weir-position}: 16 hexadecimal digits of the commit, a hyphen, 16 of the change. */
    String text() {
        return "%016x-%016x".formatted(commitLsn, lsn);
    }
}
