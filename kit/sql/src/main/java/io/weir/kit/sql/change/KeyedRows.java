package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The end of a plan: the rows under each primary key, of which one is visible.
 *
 * <p>There is more than one row under a key for a moment where a row moved between partitions and its new place spoke first, or for good where the query is not
 * unique on the key. Where it is proved unique, the row that came last is visible; where it is not, the first one stays and the others are conflicts.
 *
 * <p>State: the rows by key. Cost: O(log n) per delta.
 */
public final class KeyedRows {

    /** Hears what becomes of the keys. */
    public interface Listener {

        void upsert(@Nullable Object[] row);

        void delete(@Nullable Object[] key);

        /** A second row came under a key that has one. */
        void conflict(@Nullable Object[] row);
    }

    /**
     * The rows and their key.
     *
     * @param proved whether the query can have only one row for a key
     */
    public record Spec(List<DataType> types, List<Integer> key, boolean proved) {
        public Spec {
            types = List.copyOf(types);
            key = List.copyOf(key);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(@Nullable Object[] row, long weight) {}

    private final Spec spec;
    private final int[] keyColumns;
    private final RowFormat keys;
    private final RowFormat rows;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    public KeyedRows(Spec spec, State state) {
        this.spec = spec;
        this.keyColumns = spec.key().stream().mapToInt(i -> i).toArray();
        this.keys = new RowFormat(spec.key().stream().map(spec.types()::get).toList());
        this.rows = new RowFormat(spec.types());
        this.state = state;
    }

    public void apply(Change change, Listener out) {
        Map<Bytes, List<Delta>> byKey = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byKey.computeIfAbsent(new Bytes(keys.encode(delta.row(), keyColumns)), _ -> new ArrayList<>())
                    .add(delta);
        }
        byKey.forEach((key, deltas) -> apply(key.value(), deltas, out));
    }

    private void apply(byte[] key, List<Delta> deltas, Listener out) {
        byte[] stored = state.get(key);
        List<Entry> bag = stored == null ? new ArrayList<>() : read(stored);
        Entry before = visible(bag);
        int positiveBefore = positive(bag);
        List<Entry> came = new ArrayList<>();
        for (Delta delta : deltas) {
            Entry entry = add(bag, delta);
            if (delta.weight() > 0 && entry.weight == delta.weight()) {
                came.add(entry);
            }
        }
        Entry after = visible(bag);
        if (bag.isEmpty()) {
            state.delete(key);
        } else {
            state.put(key, write(bag));
        }
        if (after == null) {
            if (before != null) {
                out.delete(keyOf(before.row));
            }
        } else if (before == null || !Arrays.equals(before.row, after.row)) {
            out.upsert(after.row);
        }
        if (!spec.proved() && positive(bag) > 1 && positive(bag) > positiveBefore) {
            for (Entry entry : came) {
                if (after != null && !Arrays.equals(entry.row, after.row)) {
                    out.conflict(entry.row);
                }
            }
        }
    }

    private static Entry add(List<Entry> bag, Delta delta) {
        for (int i = 0; i < bag.size(); i++) {
            Entry entry = bag.get(i);
            if (Arrays.equals(entry.row, delta.row())) {
                Entry changed = new Entry(entry.row, Math.addExact(entry.weight, delta.weight()));
                if (changed.weight == 0) {
                    bag.remove(i);
                } else {
                    bag.set(i, changed);
                }
                return changed;
            }
        }
        Entry added = new Entry(delta.row(), delta.weight());
        bag.add(added);
        return added;
    }

    private @Nullable Entry visible(List<Entry> bag) {
        Entry found = null;
        for (Entry entry : bag) {
            if (entry.weight > 0) {
                found = entry;
                if (!spec.proved()) {
                    return found;
                }
            }
        }
        return found;
    }

    private static int positive(List<Entry> bag) {
        int count = 0;
        for (Entry entry : bag) {
            if (entry.weight > 0) {
                count++;
            }
        }
        return count;
    }

    private @Nullable Object[] keyOf(@Nullable Object[] row) {
        @Nullable Object[] key = new @Nullable Object[keyColumns.length];
        for (int i = 0; i < key.length; i++) {
            key[i] = row[keyColumns[i]];
        }
        return key;
    }

    private List<Entry> read(byte[] stored) {
        List<Entry> bag = new ArrayList<>();
        ByteReader in = new ByteReader(stored);
        while (in.hasMore()) {
            long weight = in.readLong();
            bag.add(new Entry(rows.read(in), weight));
        }
        return bag;
    }

    private byte[] write(List<Entry> bag) {
        scratch.reset();
        for (Entry entry : bag) {
            scratch.writeLong(entry.weight);
            rows.write(entry.row, scratch);
        }
        return scratch.toBytes();
    }
}
