package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a plan whose whole row is the key: how often each row is there. State: count by row; cost: one read and one write per delta. */
public final class Multiset {

    /** Hears how often a row is there now. */
    public interface Listener {

        void count(@Nullable Object[] row, long count);
    }

    private final RowFormat rows;
    private final WeightedIndex index;

    public Multiset(List<DataType> types, State state) {
        this.rows = new RowFormat(types);
        this.index = new WeightedIndex(state);
    }

    public void apply(Change change, Listener out) {
        for (Delta delta : change.deltas()) {
            long after = index.add(rows.encode(delta.row()), delta.weight());
            long before = after - delta.weight();
            if (Math.max(0, after) != Math.max(0, before)) {
                out.count(delta.row(), Math.max(0, after));
            }
        }
    }
}
