package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows as keys of a state, sorted within their partition: the partition's columns, the ORDER BY, the ties, and then the row itself, so that every row has its own
 * place. Not thread-safe.
 */
final class SortedRows {

    private static final byte[] ALL = {0};

    private final RowFormat partitions;
    private final int[] partitionColumns;
    private final SortFormat order;
    private final SortFormat ties;
    private final RowFormat rows;
    private final ByteWriter scratch = new ByteWriter();

    SortedRows(
            List<DataType> types,
            List<Integer> partitionKeys,
            List<SortFormat.Order> orders,
            List<SortFormat.Order> ties) {
        this.partitions = new RowFormat(partitionKeys.stream().map(types::get).toList());
        this.partitionColumns = partitionKeys.stream().mapToInt(i -> i).toArray();
        this.order = new SortFormat(orders);
        this.ties = new SortFormat(ties);
        this.rows = new RowFormat(types);
    }

    /** Never empty, so that it can be the start of a range. */
    byte[] partition(@Nullable Object[] row) {
        return partitionColumns.length == 0 ? ALL : partitions.encode(row, partitionColumns);
    }

    byte[] entry(byte[] partition, @Nullable Object[] row) {
        scratch.reset().writeBytes(partition);
        order.write(row, scratch);
        ties.write(row, scratch);
        rows.write(row, scratch);
        return scratch.toBytes();
    }

    /** What the entries of all rows begin with that the ORDER BY puts in the place of this row. */
    byte[] peers(byte[] partition, @Nullable Object[] row) {
        scratch.reset().writeBytes(partition);
        order.write(row, scratch);
        return scratch.toBytes();
    }

    @Nullable
    Object[] row(byte[] entry, int partitionLength) {
        ByteReader in = new ByteReader(entry, partitionLength);
        order.read(in);
        ties.read(in);
        return rows.read(in);
    }

    /** Where the ORDER BY ends in an entry. */
    int orderEnd(byte[] entry, int partitionLength) {
        ByteReader in = new ByteReader(entry, partitionLength);
        order.read(in);
        return in.position();
    }

    boolean arePeers(byte[] a, byte[] b, int partitionLength) {
        int end = orderEnd(a, partitionLength);
        return end <= b.length && Arrays.equals(a, 0, end, b, 0, end);
    }
}
