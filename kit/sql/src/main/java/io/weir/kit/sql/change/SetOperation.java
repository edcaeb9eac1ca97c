package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UNION, INTERSECT [ALL] and EXCEPT [ALL] of any number of inputs; equal rows are found whatever input they come from, nulls being equal.
 *
 * <p>State: row -> how often each input has it. Cost: one read and one write per delta.
 */
public final class SetOperation {

    public enum Kind {
        UNION,
        INTERSECT,
        INTERSECT_ALL,
        EXCEPT,
        EXCEPT_ALL;

        /** Whether each row is there once. */
        public boolean isDistinct() {
            return switch (this) {
                case UNION, INTERSECT, EXCEPT -> true;
                case INTERSECT_ALL, EXCEPT_ALL -> false;
            };
        }

        /** How often the result has a row that the inputs have so often; below 0, for a moment, is none. */
        private long of(long[] counts) {
            long first = Math.max(0, counts[0]);
            long least = first;
            long others = 0;
            for (int i = 1; i < counts.length; i++) {
                long count = Math.max(0, counts[i]);
                least = Math.min(least, count);
                others += count;
            }
            return switch (this) {
                case UNION -> first + others > 0 ? 1 : 0;
                case INTERSECT -> least > 0 ? 1 : 0;
                case INTERSECT_ALL -> least;
                case EXCEPT -> first > 0 && others == 0 ? 1 : 0;
                case EXCEPT_ALL -> Math.max(0, first - others);
            };
        }
    }

    private final Kind kind;
    private final int inputs;
    private final RowFormat rows;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    public SetOperation(Kind kind, int inputs, List<DataType> types, State state) {
        this.kind = kind;
        this.inputs = inputs;
        this.rows = new RowFormat(types);
        this.state = state;
    }

    public void apply(int input, Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            apply(input, delta.row(), delta.weight(), out);
        }
    }

    private void apply(int input, @Nullable Object[] row, long weight, Collector out) {
        byte[] key = rows.encode(row);
        long[] counts = read(state.get(key));
        long before = kind.of(counts);
        counts[input] = Math.addExact(counts[input], weight);
        long after = kind.of(counts);
        write(key, counts);
        if (before != after) {
            out.add(row, after - before);
        }
    }

    private long[] read(byte @Nullable [] stored) {
        long[] counts = new long[inputs];
        if (stored != null) {
            ByteReader in = new ByteReader(stored);
            for (int i = 0; i < inputs; i++) {
                counts[i] = in.readLong();
            }
        }
        return counts;
    }

    private void write(byte[] key, long[] counts) {
        boolean none = true;
        scratch.reset();
        for (long count : counts) {
            none &= count == 0;
            scratch.writeLong(count);
        }
        if (none) {
            state.delete(key);
        } else {
            state.put(key, scratch.toBytes());
        }
    }
}
