package io.weir.kit.sql.change;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** UNNEST: each row once for each element of its array, which becomes its last columns: one, or those of a record's fields. Keeps nothing; cost: the elements. */
public final class Unnested {

    /**
     * @param column the array's
     * @param fields as many as the records have that are the elements; 0 where they are no records
     * @param numbered whether the element's place, from 1 on, is one more column
     * @param outer whether a row without elements is there too, with nulls for them
     */
    public record Spec(int column, int fields, boolean numbered, boolean outer) {
        /** How many columns a row has more. */
        public int width() {
            return Math.max(1, fields) + (numbered ? 1 : 0);
        }
    }

    private final Spec spec;

    public Unnested(Spec spec) {
        this.spec = spec;
    }

    public void apply(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            @Nullable Object[] row = delta.row();
            List<?> array = row[spec.column] instanceof List<?> some ? some : List.of();
            for (int i = 0; i < array.size(); i++) {
                out.add(longer(row, array.get(i), i + 1), delta.weight());
            }
            if (spec.outer && array.isEmpty()) {
                out.add(Arrays.copyOf(row, row.length + spec.width()), delta.weight());
            }
        }
    }

    private @Nullable Object[] longer(@Nullable Object[] row, @Nullable Object element, int place) {
        @Nullable Object[] longer = Arrays.copyOf(row, row.length + spec.width());
        if (spec.fields == 0) {
            longer[row.length] = element;
        } else if (element instanceof List<?> record) {
            System.arraycopy(record.toArray(), 0, longer, row.length, spec.fields);
        }
        if (spec.numbered) {
            longer[longer.length - 1] = place;
        }
        return longer;
    }
}
