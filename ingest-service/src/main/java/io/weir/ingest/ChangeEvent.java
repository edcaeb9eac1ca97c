package io.weir.ingest;

import org.jspecify.annotations.Nullable;

/**
 * One event of a captured table's log, in the contract's terms. The row before the change is not here: what the log says of it is not to be trusted, as it
 * depends on the table's replica identity.
 */
sealed interface ChangeEvent {

    Position position();

    /** A row that a snapshot read. Its position is that of the snapshot; {@code last} marks the table's last row in it. */
    record Read(Position position, Image after, boolean last) implements ChangeEvent {}

    /** An insert, or the new key of an update of the primary key. */
    record Create(Position position, Image after, boolean echo) implements ChangeEvent {}

    /** An update that leaves the primary key alone, and a row that an incremental snapshot read. */
    record Update(Position position, Image after, boolean echo) implements ChangeEvent {}

    /** A delete, or the old key of an update of the primary key. */
    record Delete(Position position, boolean echo) implements ChangeEvent {}

    /** All rows of the table are gone. The only event without a key. */
    record Truncate(Position position) implements ChangeEvent {}

    default @Nullable Image after() {
        return null;
    }
}
