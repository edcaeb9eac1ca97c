package io.weir.ingest;

import io.weir.ingest.Decision.Kind;
import io.weir.ingest.Decision.Reject;
import io.weir.ingest.Decision.Stop;
import io.weir.ingest.TableState.Moved;
import io.weir.kit.contract.RowType;
import io.weir.kit.stream.ReasonCode;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Judges the events of one captured table: which are new, what they make of the product, what was seen before. A pure function of the event and of what is
 * remembered.
 *
 * <p>Events come in the order of one partition, any suffix of which may come again, as Debezium delivers at least once.
 */
final class TableChanges {

    private final RowType type;

    TableChanges(RowType type) {
        this.type = type;
    }

    /**
     * Judges an event on a key of which {@code key} is remembered ({@link KeyState#NEVER} for none, and for a truncation).
     *
     * @param highestLsn the highest LSN in anything that is remembered; seldom asked for
     */
    Decision decide(ChangeEvent event, KeyState key, TableState table, LongSupplier highestLsn) {
        if (event instanceof ChangeEvent.Read read) {
            return read(read, key, table.inSnapshot(read.position().commitLsn()));
        }
        TableState known = table;
        if (table.isBeforeUnseenSnapshot(event.position())) {
            known = table.inSnapshot(highestLsn.getAsLong() + 1);
        }
        known = known.streaming(event.position());
        Position position = event.position().raisedTo(known.snapshotLsn());
        return switch (event) {
            case ChangeEvent.Truncate _ -> truncate(position, known);
            case ChangeEvent.Create create ->
                sweepingWhatTheSnapshotLacks(upsert(position, create.after(), create.echo(), key, known));
            case ChangeEvent.Update update ->
                sweepingWhatTheSnapshotLacks(upsert(position, update.after(), update.echo(), key, known));
            case ChangeEvent.Delete delete -> sweepingWhatTheSnapshotLacks(delete(position, delete.echo(), key, known));
            case ChangeEvent.Read _ -> throw new IllegalStateException("judged above");
        };
    }

    /** What to remember of a row that a sweep finds; empty where the row stays. */
    static Optional<KeyState> swept(KeyState key, Position sweep) {
        return key.standing() && sweep.isAfter(key.position())
                ? Optional.of(new KeyState(sweep, false, null, false))
                : Optional.empty();
    }

    private Decision truncate(Position position, TableState table) {
        if (!position.isAfter(table.truncatedAt())) {
            return new Decision(new Stop(Kind.REPLAY), position, null, table, null);
        }
        return new Decision(new Decision.WholeTable(), position, null, table.truncated(position), position);
    }

    private Decision read(ChangeEvent.Read read, KeyState key, TableState table) {
        Decision decision = upsert(read.position(), read.after(), false, key, table);
        return read.last() ? sweepingWhatTheSnapshotLacks(decision) : decision;
    }

    /** A change after a snapshot says that the snapshot is over: what it did not hold was deleted while nobody listened. */
    private static Decision sweepingWhatTheSnapshotLacks(Decision decision) {
        TableState table = decision.table();
        if (!table.sweepPending()) {
            return decision;
        }
        Position sweep = new Position(table.snapshotLsn(), 0, Position.NO_TRANSACTION, 0);
        return new Decision(decision.verdict(), decision.position(), decision.key(), table.swept(), sweep);
    }

    private Decision delete(Position position, boolean echo, KeyState key, TableState table) {
        if (!position.isAfter(key.position())) {
            return new Decision(new Stop(Kind.REPLAY), position, null, table, null);
        }
        TableState after = key.row() == null ? table : table.moving(new Moved(position, key.row()));
        if (echo) {
            KeyState gone = new KeyState(position, key.standing(), null, false);
            return new Decision(new Stop(Kind.ECHO), position, gone, after, null);
        }
        KeyState gone = new KeyState(position, false, null, false);
        // A key that was never met gets its tombstone: the product may know it from before a reset.
        boolean alreadyGone = !key.standing() && !key.isNever();
        return new Decision(alreadyGone ? new Stop(Kind.UNCHANGED) : new Decision.Erase(), position, gone, after, null);
    }

    private Decision upsert(Position position, Image after, boolean echo, KeyState key, TableState table) {
        if (!position.isAfter(key.position())) {
            return new Decision(new Stop(Kind.REPLAY), position, null, table, null);
        }
        return switch (after) {
            case Image.Unfit(String rule, String field, String detail) ->
                new Decision(
                        new Reject(ReasonCode.CONTRACT_VIOLATED, rule, field, detail),
                        position,
                        new KeyState(position, key.standing(), null, false),
                        table,
                        null);
            case Image.Row(@Nullable Object[] values) ->
                upsert(position, filled(values, position, key, table), echo, key, table);
        };
    }

    private Decision upsert(Position position, @Nullable Object[] row, boolean echo, KeyState key, TableState table) {
        Optional<Integer> gap = Image.firstUnavailable(row);
        if (gap.isPresent()) {
            Reject reject = new Reject(
                    ReasonCode.VALUE_UNAVAILABLE,
                    null,
                    type.columns().get(gap.get()).name(),
                    "the source left out an unchanged large value that was never seen");
            return new Decision(reject, position, new KeyState(position, key.standing(), row, false), table, null);
        }
        if (echo) {
            KeyState echoed = new KeyState(position, key.standing(), row, false);
            return new Decision(new Stop(Kind.ECHO), position, echoed, table, null);
        }
        boolean unchanged = key.passedOn() && Arrays.deepEquals(row, key.row());
        return new Decision(
                unchanged ? new Stop(Kind.UNCHANGED) : new Decision.Write(row),
                position,
                new KeyState(position, true, row, true),
                table,
                null);
    }

    /** The row with its gaps filled from the last row under this key, or from the row that the same change took away under its old key. */
    private static @Nullable Object[] filled(
            @Nullable Object[] values, Position position, KeyState key, TableState table) {
        if (Image.firstUnavailable(values).isEmpty()) {
            return values;
        }
        Moved moved = table.moved();
        @Nullable Object @Nullable [] known = key.row();
        if (moved != null && moved.position().isSameChange(position)) {
            known = moved.row();
        }
        if (known == null) {
            return values;
        }
        @Nullable Object[] filled = values.clone();
        for (int i = 0; i < filled.length; i++) {
            if (Objects.equals(filled[i], Image.UNAVAILABLE)) {
                filled[i] = known[i];
            }
        }
        return filled;
    }
}
