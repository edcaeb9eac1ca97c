package io.weir.kit.sql.change;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds deltas up: equal rows become one delta, and one of weight 0 none. Not thread-safe; empty again after {@link #build}. */
public final class ChangeBuilder implements Collector {

    private static final int SCANNED = 8;

    private final List<@Nullable Object[]> rows = new ArrayList<>();
    private long[] weights = new long[SCANNED];
    private @Nullable Map<List<@Nullable Object>, Integer> positions;

    @Override
    public void add(@Nullable Object[] row, long weight) {
        int position = find(row);
        if (position >= 0) {
            weights[position] = Math.addExact(weights[position], weight);
            return;
        }
        int next = rows.size();
        if (next == weights.length) {
            weights = Arrays.copyOf(weights, next * 2);
        }
        rows.add(row);
        weights[next] = weight;
        if (positions != null) {
            positions.put(Arrays.asList(row), next);
        }
    }

    public Change build() {
        List<Delta> deltas = new ArrayList<>(rows.size());
        for (int i = 0; i < rows.size(); i++) {
            if (weights[i] != 0) {
                deltas.add(new Delta(rows.get(i), weights[i]));
            }
        }
        rows.clear();
        positions = null;
        return new Change(deltas);
    }

    private int find(@Nullable Object[] row) {
        if (positions == null && rows.size() >= SCANNED) {
            positions = new HashMap<>();
            for (int i = 0; i < rows.size(); i++) {
                positions.put(Arrays.asList(rows.get(i)), i);
            }
        }
        if (positions != null) {
            return positions.getOrDefault(Arrays.asList(row), -1);
        }
        for (int i = 0; i < rows.size(); i++) {
            if (Arrays.equals(rows.get(i), row)) {
                return i;
            }
        }
        return -1;
    }
}
