package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of one side by which it is joined, as bytes of which none start another's. Not thread-safe. */
final class JoinKey {

    /** The key of all rows where there are no columns; no store is scanned by an empty prefix. */
    private static final byte[] EVERYTHING = {0};

    private final RowFormat format;
    private final int[] columns;
    private final boolean[] nullsMatch;

    JoinKey(List<DataType> types, List<Integer> columns, List<Boolean> nullsMatch) {
        this.format = new RowFormat(types);
        this.columns = columns.stream().mapToInt(i -> i).toArray();
        this.nullsMatch = new boolean[this.columns.length];
        for (int i = 0; i < this.columns.length; i++) {
            this.nullsMatch[i] = nullsMatch.get(i);
        }
    }

    /** Null where a null keeps the row from having a partner. */
    byte @Nullable [] of(@Nullable Object[] row) {
        for (int i = 0; i < columns.length; i++) {
            if (row[columns[i]] == null && !nullsMatch[i]) {
                return null;
            }
        }
        return columns.length == 0 ? EVERYTHING : format.encode(row, columns);
    }
}
