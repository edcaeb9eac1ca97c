package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Inner or left equi-join of two multisets, many to many.
 *
 * <p>Bilinear: a change of one side is joined with all that the other side holds under its key. A left row without a partner is extended by nulls; it gives way
 * when the first partner comes and returns when the last one goes, in the same change. Rows with a null key have no partner.
 *
 * <p>State: one index per side, join key and row -> weight. Cost: O(log n) and the partners of the key.
 */
public final class Join {

    /**
     * What is joined on what.
     *
     * @param keyTypes the common type of each pair of key columns
     * @param nullsMatch pairs compared with IS NOT DISTINCT FROM
     * @param outer whether left rows without a partner stay
     */
    public record Spec(
            List<DataType> leftTypes,
            List<DataType> rightTypes,
            List<Integer> leftKeys,
            List<Integer> rightKeys,
            List<DataType> keyTypes,
            List<Boolean> nullsMatch,
            boolean outer) {
        public Spec {
            leftTypes = List.copyOf(leftTypes);
            rightTypes = List.copyOf(rightTypes);
            leftKeys = List.copyOf(leftKeys);
            rightKeys = List.copyOf(rightKeys);
            keyTypes = List.copyOf(keyTypes);
            nullsMatch = List.copyOf(nullsMatch);
        }
    }

    private final Spec spec;
    private final RowFormat keys;
    private final Side left;
    private final Side right;

    public Join(Spec spec, State leftState, State rightState) {
        this.spec = spec;
        this.keys = new RowFormat(spec.keyTypes());
        this.left = new Side(spec.leftTypes(), spec.leftKeys(), leftState);
        this.right = new Side(spec.rightTypes(), spec.rightKeys(), rightState);
    }

    public void left(Change change, Collector out) {
        byte[] lastKey = null;
        List<Delta> partners = List.of();
        for (Delta delta : change.deltas()) {
            byte[] key = left.key(delta.row());
            if (key == null) {
                if (spec.outer()) {
                    out.add(joined(delta.row(), null), delta.weight());
                }
                continue;
            }
            left.add(key, delta);
            if (!Arrays.equals(key, lastKey)) {
                partners = right.under(key);
                lastKey = key;
            }
            for (Delta partner : partners) {
                out.add(joined(delta.row(), partner.row()), Math.multiplyExact(delta.weight(), partner.weight()));
            }
            if (spec.outer() && !isMatched(partners)) {
                out.add(joined(delta.row(), null), delta.weight());
            }
        }
    }

    public void right(Change change, Collector out) {
        Map<Bytes, List<Delta>> byKey = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byte[] key = right.key(delta.row());
            if (key != null) {
                byKey.computeIfAbsent(new Bytes(key), _ -> new ArrayList<>()).add(delta);
            }
        }
        byKey.forEach((key, deltas) -> right(key.value(), deltas, out));
    }

    private void right(byte[] key, List<Delta> deltas, Collector out) {
        boolean matchedBefore = spec.outer() && right.isMatched(key);
        for (Delta delta : deltas) {
            right.add(key, delta);
        }
        boolean matchedAfter = spec.outer() && right.isMatched(key);
        for (Delta partner : left.under(key)) {
            for (Delta delta : deltas) {
                out.add(joined(partner.row(), delta.row()), Math.multiplyExact(partner.weight(), delta.weight()));
            }
            if (matchedBefore != matchedAfter) {
                out.add(joined(partner.row(), null), matchedAfter ? -partner.weight() : partner.weight());
            }
        }
    }

    private static boolean isMatched(List<Delta> partners) {
        for (Delta partner : partners) {
            if (partner.weight() > 0) {
                return true;
            }
        }
        return false;
    }

    private @Nullable Object[] joined(@Nullable Object[] leftRow, @Nullable Object @Nullable [] rightRow) {
        @Nullable
        Object[] row = Arrays.copyOf(leftRow, leftRow.length + spec.rightTypes().size());
        if (rightRow != null) {
            System.arraycopy(rightRow, 0, row, leftRow.length, rightRow.length);
        }
        return row;
    }

    /** One side's rows by join key. */
    private final class Side {
        private final RowFormat rows;
        private final int[] keyColumns;
        private final WeightedIndex index;
        private final ByteWriter scratch = new ByteWriter();

        Side(List<DataType> types, List<Integer> keyColumns, State state) {
            this.rows = new RowFormat(types);
            this.keyColumns = keyColumns.stream().mapToInt(i -> i).toArray();
            this.index = new WeightedIndex(state);
        }

        /** Null where the row has no partner whatever the other side holds. */
        byte @Nullable [] key(@Nullable Object[] row) {
            for (int i = 0; i < keyColumns.length; i++) {
                if (row[keyColumns[i]] == null && !spec.nullsMatch().get(i)) {
                    return null;
                }
            }
            return keys.encode(row, keyColumns);
        }

        void add(byte[] key, Delta delta) {
            scratch.reset().writeBytes(key);
            rows.write(delta.row(), scratch);
            index.add(scratch.toBytes(), delta.weight());
        }

        List<Delta> under(byte[] key) {
            List<Delta> found = new ArrayList<>();
            index.scan(key, (entry, weight) -> {
                found.add(new Delta(rows.read(new ByteReader(entry, key.length)), weight));
                return true;
            });
            return found;
        }

        boolean isMatched(byte[] key) {
            return index.first(key) != null;
        }
    }
}
