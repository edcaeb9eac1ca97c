package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Window functions over partitions: each row with the results of all calls as further columns.
 *
 * <p>The rows of a partition are kept in their order. With each row its results are kept, and how far the functions have come there that count from the partition's
 * start. A change looks at the rows within reach of its place: the frame's of bounded frames, the neighbours' of LAG and LEAD. Functions that count from the start go
 * on behind it only until nothing differs any more. What is put out is what differs, so that the cost is that of the rows whose results change, and O(log n).
 *
 * <p>Rows that the ORDER BY leaves equal are put in the order of the ties, then of their bytes, so that the answer depends on the rows alone.
 */
public final class WindowFunctions {

    /** One call. */
    public sealed interface Call {
        DataType resultType();
    }

    /** ROW_NUMBER, RANK, DENSE_RANK. */
    public record Numbered(TopRows.Numbering numbering) implements Call {
        @Override
        public DataType resultType() {
            return new DataType.BigInt();
        }
    }

    /**
     * LAG and LEAD.
     *
     * @param distance rows back (below 0) or ahead
     * @param fallback column of this row where there is no such neighbour, or -1
     */
    public record Neighbour(int argument, int distance, int fallback, DataType resultType) implements Call {}

    /** FIRST_VALUE (or LAST_VALUE) of the frame. */
    public record EdgeOfFrame(boolean first, int argument, Frame frame, DataType resultType) implements Call {}

    /** An aggregate of the frame. A frame from a row on to the partition's end has to be turned around first. */
    public record Total(Aggregate.Call call, Frame frame) implements Call {
        public Total {
            if (frame.end().isUnbounded() && !frame.start().isUnbounded()) {
                throw new IllegalArgumentException("a frame that is open at its end alone has to be reversed");
            }
        }

        @Override
        public DataType resultType() {
            return call.resultType();
        }
    }

    /** The calls over one PARTITION BY and ORDER BY; {@code ties} decide where the ORDER BY does not. */
    public record Spec(
            List<DataType> types,
            List<Integer> partitionKeys,
            List<SortFormat.Order> orders,
            List<SortFormat.Order> ties,
            List<Call> calls) {
        public Spec {
            types = List.copyOf(types);
            partitionKeys = List.copyOf(partitionKeys);
            orders = List.copyOf(orders);
            ties = List.copyOf(ties);
            calls = List.copyOf(calls);
        }
    }

    private final Spec spec;
    private final SortedRows sorted;
    private final WindowReach reach;
    private final RunningState running;
    private final RowFormat resultFormat;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    public WindowFunctions(Spec spec, State state) {
        this.spec = spec;
        this.sorted = new SortedRows(spec.types(), spec.partitionKeys(), spec.orders(), spec.ties());
        this.reach = WindowReach.of(spec);
        this.running = new RunningState(spec.calls());
        this.resultFormat =
                new RowFormat(spec.calls().stream().map(Call::resultType).toList());
        this.state = state;
    }

    public void apply(Change change, Collector out) {
        Map<Bytes, List<Delta>> byPartition = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byPartition
                    .computeIfAbsent(new Bytes(sorted.partition(delta.row())), _ -> new ArrayList<>())
                    .add(delta);
        }
        byPartition.forEach((partition, deltas) -> new Work(partition.value(), out).apply(deltas));
    }

    /** A row that is there, with all its copies. */
    final class Entry {
        private final byte[] key;
        private final int orderEnd;
        private final @Nullable Object[] row;
        private long weight;
        private byte[] through;
        private byte[] results;

        Entry(byte[] key, int partitionLength, byte @Nullable [] value) {
            this.key = key;
            this.orderEnd = sorted.orderEnd(key, partitionLength);
            this.row = sorted.row(key, partitionLength);
            this.through = NONE;
            this.results = NONE;
            if (value != null) {
                ByteReader in = new ByteReader(value);
                weight = in.readLong();
                through = in.readBytes((int) in.readLong());
                results = in.readBytes(value.length - in.position());
            }
        }

        byte[] key() {
            return key;
        }

        @Nullable
        Object[] row() {
            return row;
        }

        long weight() {
            return weight;
        }

        /** How far the running functions are behind this row. */
        byte[] through() {
            return through;
        }

        boolean isPeerOf(Entry other) {
            return compareOrder(other.key, other.orderEnd) == 0;
        }

        /** Compares the places in the order alone. */
        int compareOrder(byte[] other, int otherEnd) {
            return Arrays.compareUnsigned(key, 0, orderEnd, other, 0, otherEnd);
        }

        private byte[] value() {
            scratch.reset().writeLong(weight);
            scratch.writeLong(through.length);
            scratch.writeBytes(through);
            scratch.writeBytes(results);
            return scratch.toBytes();
        }
    }

    private static final byte[] NONE = {};

    /** From a first changed entry on to the last one that differs. */
    private record Touched(byte[] from, byte[] to) {}

    /** One change of one partition. */
    private final class Work {
        private final byte[] partition;
        private final byte @Nullable [] end;
        private final Collector out;
        private final TreeMap<Bytes, Entry> dirty = new TreeMap<>();

        Work(byte[] partition, Collector out) {
            this.partition = partition;
            this.end = State.after(partition);
            this.out = out;
        }

        void apply(List<Delta> deltas) {
            List<@Nullable Object> wholeBefore = whole();
            List<byte[]> changed = place(deltas);
            List<Touched> touched = running.isEmpty()
                    ? changed.stream().map(key -> new Touched(key, key)).toList()
                    : rerun(changed);
            List<@Nullable Object> whole = whole();
            if (whole.equals(wholeBefore)) {
                touched.forEach(range -> recompute(from(range), to(range), whole));
            } else {
                recompute(partition, end, whole);
            }
            dirty.values().forEach(entry -> state.put(entry.key, entry.value()));
        }

        /** Adds the deltas to their entries' weights; entries that are gone take their results with them. Gives the keys, in order. */
        private List<byte[]> place(List<Delta> deltas) {
            TreeMap<Bytes, Entry> changed = new TreeMap<>();
            for (Delta delta : deltas) {
                byte[] key = sorted.entry(partition, delta.row());
                Entry entry =
                        changed.computeIfAbsent(new Bytes(key), _ -> new Entry(key, partition.length, state.get(key)));
                entry.weight = Math.addExact(entry.weight, delta.weight());
            }
            for (Entry entry : changed.values()) {
                if (entry.weight <= 0) {
                    give(entry, NONE);
                    entry.through = NONE;
                }
                if (entry.weight == 0) {
                    state.delete(entry.key);
                } else {
                    state.put(entry.key, entry.value());
                }
            }
            return changed.keySet().stream().map(Bytes::value).toList();
        }

        /** Takes the entry's old results away and brings its new ones. */
        private void give(Entry entry, byte[] results) {
            if (!Arrays.equals(entry.results, results)) {
                put(entry, entry.results, -1);
                put(entry, results, 1);
                entry.results = results;
            }
        }

        private void put(Entry entry, byte[] results, long weight) {
            ByteReader in = new ByteReader(results);
            while (in.hasMore()) {
                @Nullable Object[] columns = resultFormat.read(in);
                @Nullable Object[] row = Arrays.copyOf(entry.row, entry.row.length + columns.length);
                System.arraycopy(columns, 0, row, entry.row.length, columns.length);
                out.add(row, weight);
            }
        }

        /** Brings the running functions up to date behind every changed entry, as far as they differ. */
        private List<Touched> rerun(List<byte[]> changed) {
            List<Touched> touched = new ArrayList<>();
            int next = 0;
            while (next < changed.size()) {
                byte[] from = changed.get(next);
                byte[] last = from;
                Entry previous = null;
                Entry before = before(from);
                RunningState.Position position = running.after(before);
                Rows rows = new Rows(from);
                boolean differs = true;
                for (int i = 0; differs && rows.has(i); i++) {
                    Entry entry = rows.take(i);
                    if (entry == previous) {
                        continue; // another copy
                    }
                    previous = entry;
                    while (next < changed.size() && Arrays.compareUnsigned(changed.get(next), entry.key) <= 0) {
                        last = changed.get(next);
                        next++;
                    }
                    byte[] through = position.pass(entry);
                    differs = !Arrays.equals(through, entry.through);
                    if (differs) {
                        entry.through = through;
                        dirty.put(new Bytes(entry.key), entry);
                        last = entry.key;
                    }
                }
                if (differs) { // up to the partition's end
                    next = changed.size();
                    last = Arrays.compareUnsigned(last, changed.getLast()) < 0 ? changed.getLast() : last;
                }
                touched.add(new Touched(from, last));
            }
            return touched;
        }

        /** The last entry before a key that is there. */
        private @Nullable Entry before(byte @Nullable [] key) {
            Entry[] found = new Entry[1];
            state.rangeBack(partition, key, (entry, value) -> {
                found[0] = current(entry, value);
                return found[0].weight <= 0;
            });
            return found[0] == null || found[0].weight <= 0 ? null : found[0];
        }

        private Entry current(byte[] key, byte[] value) {
            Entry changed = dirty.get(new Bytes(key));
            return changed != null ? changed : new Entry(key, partition.length, value);
        }

        /** The results that are the same for all rows of the partition; empty where the partition is. */
        private List<@Nullable Object> whole() {
            if (!reach.hasWhole()) {
                return List.of();
            }
            Entry last = before(end);
            Rows rows = new Rows(partition);
            if (last == null || !rows.has(0)) {
                return List.of();
            }
            List<@Nullable Object> results = new ArrayList<>();
            @Nullable Object[] totals = running.results(last.through);
            for (int i = 0; i < spec.calls().size(); i++) {
                results.add(
                        switch (spec.calls().get(i)) {
                            case Total total when total.frame().isWhole() -> totals[i];
                            case EdgeOfFrame edge
                            when edge.first() && edge.frame().start().isUnbounded() -> rows.get(0).row[edge.argument()];
                            case EdgeOfFrame edge
                            when !edge.first() && edge.frame().end().isUnbounded() -> last.row[edge.argument()];
                            case Numbered _, Neighbour _, EdgeOfFrame _, Total _ -> null;
                        });
            }
            return results;
        }

        /** The first entry that a touched one can have to do with. */
        private byte[] from(Touched range) {
            return back(range.from, reach.rowsAhead(), reach.ahead());
        }

        private byte[] back(byte[] key, int rows, List<WindowReach.Shift> shifts) {
            byte[] from = key;
            if (rows > 0) {
                int[] left = {rows};
                byte[][] found = {key};
                state.rangeBack(partition, key, (entry, value) -> {
                    found[0] = entry;
                    if (new ByteReader(value).readLong() > 0) {
                        left[0]--;
                    }
                    return left[0] > 0;
                });
                from = found[0];
            }
            @Nullable Object[] row = sorted.row(key, partition.length);
            for (WindowReach.Shift shift : shifts) {
                byte[] bound = sorted.peers(partition, shift.back(row));
                from = Arrays.compareUnsigned(bound, from) < 0 ? bound : from;
            }
            return from;
        }

        /** The first key behind all entries that a touched one can have to do with. */
        private byte @Nullable [] to(Touched range) {
            byte[] to = Arrays.copyOf(range.to, range.to.length + 1);
            int rows = reach.rowsBehind();
            if (rows > 0) {
                int[] left = {rows};
                byte[][] found = {to};
                state.range(to, end, (entry, value) -> {
                    found[0] = Arrays.copyOf(entry, entry.length + 1);
                    if (new ByteReader(value).readLong() > 0) {
                        left[0]--;
                    }
                    return left[0] > 0;
                });
                to = found[0];
            }
            @Nullable Object[] row = sorted.row(range.to, partition.length);
            for (WindowReach.Shift shift : reach.behind()) {
                byte[] bound = State.after(sorted.peers(partition, shift.ahead(row)));
                if (bound == null) {
                    return end;
                }
                to = Arrays.compareUnsigned(bound, to) > 0 ? bound : to;
            }
            return to;
        }

        /** Computes the results of the entries in the range anew, and gives what differs. */
        private void recompute(byte[] from, byte @Nullable [] to, List<@Nullable Object> whole) {
            Entry[] first = new Entry[1];
            state.range(from, to, (key, value) -> {
                first[0] = current(key, value);
                return first[0].weight <= 0;
            });
            if (first[0] == null || first[0].weight <= 0) {
                return;
            }
            byte[] start = back(first[0].key, reach.rowsBehind(), reach.behind());
            Rows rows = new Rows(start);
            WindowCursor cursor = new WindowCursor(spec, running, rows, before(start), whole, sorted, partition);
            for (int i = 0; rows.has(i); i += (int) rows.get(i).weight) {
                Entry entry = rows.get(i);
                if (to != null && Arrays.compareUnsigned(entry.key, to) >= 0) {
                    return;
                }
                if (Arrays.compareUnsigned(entry.key, from) < 0) {
                    continue;
                }
                byte[] results = cursor.results(i, resultFormat);
                if (!Arrays.equals(results, entry.results)) {
                    give(entry, results);
                    dirty.put(new Bytes(entry.key), entry);
                }
            }
        }

        /** The entries that are there from a key on, read as they are asked for. */
        private final class Rows implements WindowCursor.Entries {
            private final List<@Nullable Entry> read = new ArrayList<>();
            private byte @Nullable [] next;
            private int chunk = 4;

            Rows(byte[] from) {
                this.next = from;
            }

            @Override
            public boolean has(int index) {
                while (index >= read.size() && next != null) {
                    byte[] from = next;
                    next = null;
                    int limit = chunk;
                    chunk = Math.min(chunk * 2, 512);
                    int[] count = {0};
                    state.range(from, end, (key, value) -> {
                        if (count[0] == limit) {
                            next = key;
                            return false;
                        }
                        count[0]++;
                        Entry entry = current(key, value);
                        for (long copy = 0; copy < entry.weight; copy++) {
                            read.add(entry);
                        }
                        return true;
                    });
                }
                return index < read.size();
            }

            @Override
            public Entry get(int index) {
                Entry entry = read.get(index);
                if (entry == null) {
                    throw new IllegalStateException("entry " + index + " is forgotten");
                }
                return entry;
            }

            /** The entry, which is not asked for again. */
            Entry take(int index) {
                Entry entry = get(index);
                read.set(index, null);
                return entry;
            }
        }
    }
}
