package io.weir.kit.sql;

import io.weir.kit.sql.change.Delta;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Each row once for each grouping set: first the group's columns, null where the set leaves them out, then the set's number, then the row.
 *
 * @param keys the columns of the largest group
 * @param sets for each grouping set which of the keys it has, by their position
 */
record ExpandRows(String id, Edge input, List<Integer> keys, List<Set<Integer>> sets, Calc calc) implements Operator {

    ExpandRows {
        keys = List.copyOf(keys);
        sets = sets.stream().map(Set::copyOf).toList();
    }

    @Override
    public Spread spread() {
        return Spread.unknown(input.spread().partitions());
    }

    @Override
    public List<Edge> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new ExpandRows(id, input, keys, sets, changed);
    }

    @Override
    public String describe() {
        return "for each of %s by %s"
                .formatted(
                        sets.stream().map(set -> set.stream().sorted().toList()).toList(), keys);
    }

    @Override
    public String keeps() {
        return "each row for each of %d grouping sets; keeps nothing".formatted(sets.size());
    }

    @Override
    public List<Step> steps(Stores stores) {
        return List.of((change, out) -> {
            for (Delta delta : change.deltas()) {
                for (int set = 0; set < sets.size(); set++) {
                    out.add(expanded(delta.row(), set), delta.weight());
                }
            }
        });
    }

    @Override
    public boolean isAppendOnly() {
        return input.from().isAppendOnly();
    }

    private @Nullable Object[] expanded(@Nullable Object[] row, int set) {
        int width = keys.size();
        @Nullable Object[] expanded = new @Nullable Object[width + 1 + row.length];
        for (int i : sets.get(set)) {
            expanded[i] = row[keys.get(i)];
        }
        expanded[width] = set;
        System.arraycopy(row, 0, expanded, width + 1, row.length);
        return expanded;
    }
}
