package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rows of an input whose whole row is the key, each with how often it is there, from which the before of the next change is known.
 *
 * <p>State: count and row by key; cost: one read and one write.
 */
public final class CountedRows {

    private final RowFormat rows;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    public CountedRows(List<DataType> types, State state) {
        this.rows = new RowFormat(types);
        this.state = state;
    }

    /** Puts the row (null: none) under the key so many times and gives the difference. */
    public void replace(byte[] key, @Nullable Object @Nullable [] row, long count, Collector out) {
        byte[] before = state.get(key);
        if (before != null) {
            ByteReader in = new ByteReader(before);
            long weight = in.readLong();
            out.add(rows.read(in), -weight);
        }
        if (row != null) {
            out.add(row, count);
            scratch.reset().writeLong(count);
            rows.write(row, scratch);
            byte[] after = scratch.toBytes();
            if (!Arrays.equals(before, after)) {
                state.put(key, after);
            }
        } else if (before != null) {
            state.delete(key);
        }
    }
}
