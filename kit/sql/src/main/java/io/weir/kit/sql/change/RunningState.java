package io.weir.kit.sql.change;

import io.weir.kit.sql.change.WindowFunctions.Call;
import io.weir.kit.sql.change.WindowFunctions.EdgeOfFrame;
import io.weir.kit.sql.change.WindowFunctions.Entry;
import io.weir.kit.sql.change.WindowFunctions.Neighbour;
import io.weir.kit.sql.change.WindowFunctions.Total;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How far window functions that count from the start of a partition have come behind a row, as bytes that are kept with the row. */
final class RunningState {

    private final List<Call> calls;
    private final boolean counts;
    private final boolean ranks;
    private final boolean groups;
    private final boolean empty;
    private final ByteWriter scratch = new ByteWriter();

    RunningState(List<Call> calls) {
        this.calls = calls;
        this.ranks = numbers(TopRows.Numbering.RANK);
        this.counts = ranks || numbers(TopRows.Numbering.ROW_NUMBER);
        this.groups = numbers(TopRows.Numbering.DENSE_RANK);
        this.empty = !counts && !groups && calls.stream().noneMatch(RunningState::runs);
    }

    private boolean numbers(TopRows.Numbering numbering) {
        return calls.contains(new WindowFunctions.Numbered(numbering));
    }

    static boolean runs(Call call) {
        return call instanceof Total total && total.frame().start().isUnbounded();
    }

    /** Whether nothing counts from the start. */
    boolean isEmpty() {
        return empty;
    }

    /** The place behind a row, or before all rows. */
    Position after(@Nullable Entry entry) {
        Position position = new Position();
        if (entry != null) {
            position.read(entry.through());
            position.last = entry;
        }
        return position;
    }

    /** What each call gives for a frame that ends here; of calls that do not count from the start nothing. */
    @Nullable
    Object[] results(byte[] through) {
        Position position = new Position();
        position.read(through);
        @Nullable Object[] results = new @Nullable Object[calls.size()];
        for (int i = 0; i < results.length; i++) {
            results[i] = switch (calls.get(i)) {
                case WindowFunctions.Numbered(TopRows.Numbering numbering) ->
                    switch (numbering) {
                        case ROW_NUMBER -> position.rows;
                        case RANK -> position.rank;
                        case DENSE_RANK -> position.groupsOfPeers;
                    };
                case Total _ -> {
                    Accumulator total = position.totals[i];
                    yield total == null ? null : total.result();
                }
                case Neighbour _, EdgeOfFrame _ -> null;
            };
        }
        return results;
    }

    static Accumulator start(Total total) {
        return Accumulator.of(total.call(), 0, new byte[0], new MemoryState());
    }

    static void add(Accumulator accumulator, Aggregate.Call call, @Nullable Object[] row, long weight) {
        if (call.filter() >= 0 && !Boolean.TRUE.equals(row[call.filter()])) {
            return;
        }
        Object argument = call.argument() < 0 ? (Object) true : row[call.argument()];
        if (argument != null) {
            accumulator.add(argument, weight);
        }
    }

    /** Goes from row to row. */
    final class Position {
        private final @Nullable Accumulator[] totals = new @Nullable Accumulator[calls.size()];
        private @Nullable Entry last;
        private long rows;
        private long rank;
        private long groupsOfPeers;

        private Position() {
            for (int i = 0; i < totals.length; i++) {
                if (calls.get(i) instanceof Total total && runs(total)) {
                    totals[i] = start(total);
                }
            }
        }

        /** Passes all copies of a row. */
        byte[] pass(Entry entry) {
            return pass(entry, entry.weight());
        }

        byte[] pass(Entry entry, long copies) {
            boolean peer = last != null && (last == entry || last.isPeerOf(entry));
            if (!peer) {
                rank = rows + 1;
                groupsOfPeers++;
            }
            rows += copies;
            last = entry;
            for (int i = 0; i < totals.length; i++) {
                Accumulator total = totals[i];
                if (total != null) {
                    add(total, ((Total) calls.get(i)).call(), entry.row(), copies);
                }
            }
            return write();
        }

        private void read(byte[] through) {
            if (through.length == 0) {
                return;
            }
            ByteReader in = new ByteReader(through);
            rows = counts ? in.readLong() : 0;
            rank = ranks ? in.readLong() : 0;
            groupsOfPeers = groups ? in.readLong() : 0;
            for (Accumulator total : totals) {
                if (total != null) {
                    total.read(in);
                }
            }
        }

        private byte[] write() {
            scratch.reset();
            if (counts) {
                scratch.writeLong(rows);
            }
            if (ranks) {
                scratch.writeLong(rank);
            }
            if (groups) {
                scratch.writeLong(groupsOfPeers);
            }
            for (Accumulator total : totals) {
                if (total != null) {
                    total.write(scratch);
                }
            }
            return scratch.toBytes();
        }
    }
}
