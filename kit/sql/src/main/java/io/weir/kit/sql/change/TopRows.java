package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first rows of each partition, each with its number: {@code ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) <= n}, and the same with RANK and DENSE_RANK.
 *
 * <p>Rows that the ORDER BY leaves equal are put in the order of the ties, then of their bytes, so that the answer depends on the rows alone.
 *
 * <p>State: the rows by partition and order -> weight. Cost: O(log n) per change, and the first rows where it touches them.
 */
public final class TopRows {

    /** How rows are numbered. */
    public enum Numbering {
        /** 1, 2, 3, 4. */
        ROW_NUMBER,
        /** 1, 2, 2, 4. */
        RANK,
        /** 1, 2, 2, 3. */
        DENSE_RANK
    }

    /**
     * What is ranked, and how.
     *
     * @param orders the ORDER BY
     * @param ties what decides where the ORDER BY does not
     * @param limit the last number that is kept
     */
    public record Spec(
            List<DataType> types,
            List<Integer> partitionKeys,
            List<SortFormat.Order> orders,
            List<SortFormat.Order> ties,
            Numbering numbering,
            long limit) {
        public Spec {
            types = List.copyOf(types);
            partitionKeys = List.copyOf(partitionKeys);
            orders = List.copyOf(orders);
            ties = List.copyOf(ties);
        }
    }

    /** The rows up to the limit; an entry may be numbered in several ways, one for each of its copies. */
    private static final class Head {
        private final List<byte[]> entries = new ArrayList<>();
        private final List<Long> numbers = new ArrayList<>();
        /** The first entry of which no copy is in; null where all are, or where it was not looked for. */
        private byte @Nullable [] next;

        private boolean full;

        boolean endsBefore(byte[] entry) {
            return next != null
                    ? Arrays.compareUnsigned(next, entry) <= 0
                    : full && Arrays.compareUnsigned(entries.getLast(), entry) < 0;
        }
    }

    private final Spec spec;
    private final SortedRows rows;
    private final WeightedIndex index;

    public TopRows(Spec spec, State state) {
        this.spec = spec;
        this.rows = new SortedRows(spec.types(), spec.partitionKeys(), spec.orders(), spec.ties());
        this.index = new WeightedIndex(state);
    }

    /** Gives the rows with their number as one more column. */
    public void apply(Change change, Collector out) {
        if (change.deltas().size() == 1) {
            Delta only = change.deltas().getFirst();
            apply(rows.partition(only.row()), change.deltas(), out);
            return;
        }
        Map<Bytes, List<Delta>> byPartition = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byPartition
                    .computeIfAbsent(new Bytes(rows.partition(delta.row())), _ -> new ArrayList<>())
                    .add(delta);
        }
        byPartition.forEach((partition, deltas) -> apply(partition.value(), deltas, out));
    }

    private void apply(byte[] partition, List<Delta> deltas, Collector out) {
        Head before = head(partition);
        boolean touched = false;
        for (Delta delta : deltas) {
            byte[] entry = rows.entry(partition, delta.row());
            touched |= !before.endsBefore(entry);
            index.add(entry, delta.weight());
        }
        if (touched) {
            put(before, partition.length, -1, out);
            put(head(partition), partition.length, 1, out);
        }
    }

    private Head head(byte[] partition) {
        Head head = new Head();
        long[] state = new long[3]; // rows so far, number of the peers, groups of peers
        byte[][] last = new byte[1][];
        index.scan(partition, (entry, weight) -> {
            if (weight <= 0) {
                return true;
            }
            boolean peer = last[0] != null && rows.arePeers(last[0], entry, partition.length);
            last[0] = entry;
            for (long copy = 0; copy < weight; copy++) {
                if (!peer && copy == 0) {
                    state[1] = state[0] + 1;
                    state[2]++;
                }
                state[0]++;
                long number =
                        switch (spec.numbering()) {
                            case ROW_NUMBER -> state[0];
                            case RANK -> state[1];
                            case DENSE_RANK -> state[2];
                        };
                if (number > spec.limit()) {
                    head.next = copy == 0 ? entry : null;
                    return false;
                }
                head.entries.add(entry);
                head.numbers.add(number);
            }
            head.full = spec.numbering() == Numbering.ROW_NUMBER && state[0] == spec.limit();
            return !head.full;
        });
        return head;
    }

    private void put(Head head, int partitionLength, long weight, Collector out) {
        for (int i = 0; i < head.entries.size(); i++) {
            @Nullable Object[] row = rows.row(head.entries.get(i), partitionLength);
            @Nullable Object[] numbered = Arrays.copyOf(row, row.length + 1);
            numbered[row.length] = head.numbers.get(i);
            out.add(numbered, weight);
        }
    }
}
