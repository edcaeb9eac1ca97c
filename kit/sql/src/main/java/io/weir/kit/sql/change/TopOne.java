package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The first row of each partition: {@code ROW_NUMBER() OVER (PARTITION BY ... ORDER BY ...) = 1}.
 *
 * <p>Rows that the ORDER BY leaves equal are put in the order of their bytes, so that the answer depends on the rows alone.
 *
 * <p>State: the rows by partition and order -> weight. Cost: O(log n) per delta.
 */
public final class TopOne {

    public record Spec(List<DataType> types, List<Integer> partitionKeys, List<SortFormat.Order> orders) {
        public Spec {
            types = List.copyOf(types);
            partitionKeys = List.copyOf(partitionKeys);
            orders = List.copyOf(orders);
        }
    }

    private final RowFormat partitions;
    private final int[] partitionColumns;
    private final SortFormat order;
    private final RowFormat rows;
    private final WeightedIndex index;
    private final ByteWriter scratch = new ByteWriter();

    public TopOne(Spec spec, State state) {
        this.partitions = new RowFormat(
                spec.partitionKeys().stream().map(spec.types()::get).toList());
        this.partitionColumns = spec.partitionKeys().stream().mapToInt(i -> i).toArray();
        this.order = new SortFormat(spec.orders());
        this.rows = new RowFormat(spec.types());
        this.index = new WeightedIndex(state);
    }

    public void apply(Change change, Collector out) {
        Map<Bytes, List<Delta>> byPartition = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byPartition
                    .computeIfAbsent(
                            new Bytes(partitions.encode(delta.row(), partitionColumns)), _ -> new ArrayList<>())
                    .add(delta);
        }
        byPartition.forEach((partition, deltas) -> apply(partition.value(), deltas, out));
    }

    private void apply(byte[] partition, List<Delta> deltas, Collector out) {
        byte[] before = index.first(partition);
        for (Delta delta : deltas) {
            scratch.reset().writeBytes(partition);
            order.write(delta.row(), scratch);
            rows.write(delta.row(), scratch);
            index.add(scratch.toBytes(), delta.weight());
        }
        byte[] after = index.first(partition);
        if (!Arrays.equals(before, after)) {
            if (before != null) {
                out.add(row(before, partition.length), -1);
            }
            if (after != null) {
                out.add(row(after, partition.length), 1);
            }
        }
    }

    private @Nullable Object[] row(byte[] entry, int offset) {
        ByteReader in = new ByteReader(entry, offset);
        order.read(in);
        return rows.read(in);
    }
}
