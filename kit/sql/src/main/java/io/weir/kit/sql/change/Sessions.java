package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SESSION: each row with the start and end of its session as further columns. Rows of one key are in one session as long as none is more than the gap after the one
 * before; a session ends that much after its last row.
 *
 * <p>A row without an event time is in no session. State: the rows by key and time, each with its session. Cost: O(log n) for a row that changes no session's ends, else
 * the rows of the sessions that grow, merge or split: all of them get other ends.
 */
public final class Sessions {

    /**
     * What makes a session.
     *
     * @param column event time, in milliseconds
     * @param keys rows that differ in these columns are in different sessions
     */
    public record Spec(List<DataType> types, int column, List<Integer> keys, long gapMs) {
        public Spec {
            types = List.copyOf(types);
            keys = List.copyOf(keys);
            if (gapMs <= 0) {
                throw new IllegalArgumentException("a session's gap is above 0");
            }
        }
    }

    /** A row, and the session that it was given in, if it was. */
    private final class Entry {
        private final byte[] key;
        private final @Nullable Object[] row;
        private final long time;
        private long weight;
        private long given;
        private long start;
        private long end;

        Entry(byte[] key, int partitionLength, byte @Nullable [] value) {
            this.key = key;
            this.row = sorted.row(key, partitionLength);
            this.time = row[spec.column()] instanceof Long at ? at : 0;
            if (value != null) {
                ByteReader in = new ByteReader(value);
                weight = in.readLong();
                given = in.readLong();
                start = in.readLong();
                end = in.readLong();
            }
        }

        boolean isGivenWith(Entry other) {
            return given > 0 && other.given > 0 && start == other.start && end == other.end;
        }

        boolean reaches(Entry next) {
            return next.time - time <= spec.gapMs();
        }

        /** Takes the row out of the session that it was given in, and into this one. */
        void give(long copies, long from, long to, Collector out) {
            if (given == copies && (copies == 0 || (start == from && end == to))) {
                return;
            }
            if (given > 0) {
                out.add(EventWindows.with(row, start, end), -given);
            }
            if (copies > 0) {
                out.add(EventWindows.with(row, from, to), copies);
            }
            given = copies;
            start = from;
            end = to;
            keep();
        }

        void keep() {
            if (weight == 0) {
                state.delete(key);
            } else {
                scratch.reset()
                        .writeLong(weight)
                        .writeLong(given)
                        .writeLong(start)
                        .writeLong(end);
                state.put(key, scratch.toBytes());
            }
        }
    }

    /** Where something has changed. */
    private record Place(byte[] partition, byte[] key) {}

    private final Spec spec;
    private final SortedRows sorted;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    public Sessions(Spec spec, State state) {
        this.spec = spec;
        this.sorted = new SortedRows(
                spec.types(),
                spec.keys(),
                List.of(new SortFormat.Order(spec.column(), spec.types().get(spec.column()), false, false)),
                List.of());
        this.state = state;
    }

    public void apply(Change change, Collector out) {
        List<Place> places = new ArrayList<>();
        for (Delta delta : change.deltas()) {
            if (delta.row()[spec.column()] == null) {
                continue;
            }
            byte[] partition = sorted.partition(delta.row());
            byte[] key = sorted.entry(partition, delta.row());
            Entry entry = new Entry(key, partition.length, state.get(key));
            entry.weight = Math.addExact(entry.weight, delta.weight());
            if (entry.weight <= 0) {
                entry.give(0, 0, 0, out);
            }
            entry.keep();
            places.add(new Place(partition, key));
        }
        places.forEach(place -> settle(place.partition, place.key, out));
    }

    /** The place of a row. */
    byte[] entry(@Nullable Object[] row) {
        return sorted.entry(sorted.partition(row), row);
    }

    /** The end of the session of the row at a place; the least number where there is none. */
    long endOf(byte[] entry) {
        byte[] value = state.get(entry);
        if (value == null) {
            return Long.MIN_VALUE;
        }
        ByteReader in = new ByteReader(value);
        in.readLong();
        boolean given = in.readLong() > 0;
        in.readLong();
        long end = in.readLong();
        return given ? end : Long.MIN_VALUE;
    }

    /** Forgets the row at a place. */
    void release(byte[] entry) {
        state.delete(entry);
    }

    private void settle(byte[] partition, byte[] key, Collector out) {
        Entry before = near(partition, partition, key, true);
        Entry next = near(partition, Arrays.copyOf(key, key.length + 1), State.after(partition), false);
        byte[] value = state.get(key);
        Entry here = value == null ? null : new Entry(key, partition.length, value);
        if (here != null && here.weight > 0) {
            if (before != null
                    && next != null
                    && before.reaches(here)
                    && here.reaches(next)
                    && before.isGivenWith(next)) {
                here.give(here.weight, before.start, before.end, out);
            } else {
                rewrite(partition, here, out);
            }
            return;
        }
        if (before != null && next != null && before.reaches(next)) {
            if (!before.isGivenWith(next)) {
                rewrite(partition, before, out);
            }
            return;
        }
        if (before != null) {
            rewrite(partition, before, out);
        }
        if (next != null) {
            rewrite(partition, next, out);
        }
    }

    /** Gives all rows of the entry's session its ends. */
    private void rewrite(byte[] partition, Entry entry, Collector out) {
        Entry[] first = {entry};
        state.rangeBack(partition, entry.key, (key, value) -> {
            Entry earlier = new Entry(key, partition.length, value);
            boolean within = earlier.weight <= 0 || earlier.reaches(first[0]);
            if (within && earlier.weight > 0) {
                first[0] = earlier;
            }
            return within;
        });
        List<Entry> session = new ArrayList<>();
        state.range(first[0].key, State.after(partition), (key, value) -> {
            Entry later = new Entry(key, partition.length, value);
            boolean within =
                    session.isEmpty() || later.weight <= 0 || session.getLast().reaches(later);
            if (within && later.weight > 0) {
                session.add(later);
            }
            return within;
        });
        long end = session.getLast().time + spec.gapMs();
        session.forEach(row -> row.give(row.weight, first[0].time, end, out));
    }

    /** The nearest entry in the range that is there. */
    private @Nullable Entry near(byte[] partition, byte[] from, byte @Nullable [] to, boolean back) {
        Entry[] found = new Entry[1];
        State.Visitor visitor = (key, value) -> {
            Entry entry = new Entry(key, partition.length, value);
            if (entry.weight > 0) {
                found[0] = entry;
            }
            return entry.weight <= 0;
        };
        if (back) {
            state.rangeBack(from, to, visitor);
        } else {
            state.range(from, to, visitor);
        }
        return found[0];
    }
}
