package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The current row of each key of an input, from which the before of the next change is known. State: the row by key; cost: one read and one write. */
public final class CurrentRows {

    private final RowFormat rows;
    private final State state;

    public CurrentRows(List<DataType> types, State state) {
        this.rows = new RowFormat(types);
        this.state = state;
    }

    /** Puts the row (null: none) under the key and gives the difference. */
    public void replace(byte[] key, @Nullable Object @Nullable [] row, Collector out) {
        byte[] before = state.get(key);
        byte[] after = row == null ? null : rows.encode(row);
        if (java.util.Arrays.equals(before, after)) {
            return;
        }
        if (before != null) {
            out.add(rows.decode(before), -1);
        }
        if (after == null || row == null) {
            state.delete(key);
        } else {
            out.add(row, 1);
            state.put(key, after);
        }
    }
}
