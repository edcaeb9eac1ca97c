package io.weir.kit.sql.change;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UNNEST: each row once for each element of its array, which becomes its last columns: one, or those of a record's fields; a row without elements is not there. Keeps nothing; cost: the elements. */
public final class Unnested {

    private final int column;
    private final int width;

    /** {@code width}: of how many columns an element is, 1 unless it is a record. */
    public Unnested(int column, int width) {
        this.column = column;
        this.width = width;
    }

    public void apply(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            @Nullable Object[] row = delta.row();
            if (row[column] instanceof List<?> array) {
                for (Object element : array) {
                    @Nullable Object[] longer = Arrays.copyOf(row, row.length + width);
                    if (element instanceof List<?> fields) {
                        System.arraycopy(fields.toArray(), 0, longer, row.length, width);
                    } else {
                        longer[row.length] = element;
                    }
                    out.add(longer, delta.weight());
                }
            }
        }
    }
}
