package io.weir.kit.sql.change;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UNNEST: each row once for each element of its array, which becomes its last column; a row without elements is not there. Keeps nothing; cost: the elements. */
public final class Unnested {

    private final int column;

    public Unnested(int column) {
        this.column = column;
    }

    public void apply(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            @Nullable Object[] row = delta.row();
            if (row[column] instanceof List<?> array) {
                for (Object element : array) {
                    @Nullable Object[] longer = Arrays.copyOf(row, row.length + 1);
                    longer[row.length] = element;
                    out.add(longer, delta.weight());
                }
            }
        }
    }
}
