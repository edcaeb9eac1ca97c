package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of one call and one group, in the order of the call: an entry is the group, the call, the sort key and the value; its value is the weight. */
final class OrderedEntries {

    private final SortFormat order;
    private final RowFormat value;
    private final WeightedIndex index;
    private final byte[] prefix;
    private final ByteWriter scratch = new ByteWriter();

    OrderedEntries(Call call, int position, byte[] group, State state) {
        this.order = new SortFormat(call.orders());
        this.value = new RowFormat(List.of(call.argumentType()));
        this.index = new WeightedIndex(state);
        scratch.writeBytes(group);
        scratch.writeByte(position);
        this.prefix = scratch.toBytes();
    }

    byte[] entry(@Nullable Object[] row, @Nullable Object argument) {
        scratch.reset().writeBytes(prefix);
        order.write(row, scratch);
        value.write(new @Nullable Object[] {argument}, scratch);
        return scratch.toBytes();
    }

    /** Adds to the entry's weight and returns what it is then. */
    long add(byte[] entry, long weight) {
        return index.add(entry, weight);
    }

    byte @Nullable [] first() {
        return index.first(prefix);
    }

    long weight(byte[] entry) {
        return index.weight(entry);
    }

    /** The next entry after this one that is there; null where there is none. */
    byte @Nullable [] next(byte[] entry) {
        return index.next(prefix, entry);
    }

    /** The last entry before this one that is there; null where there is none. */
    byte @Nullable [] previous(byte[] entry) {
        return index.previous(prefix, entry);
    }

    @Nullable
    Object value(byte[] entry) {
        ByteReader in = new ByteReader(entry, prefix.length);
        order.read(in);
        return value.read(in)[0];
    }

    /** All values in order, with their weights. */
    void scan(Visitor visitor) {
        index.scan(prefix, (entry, weight) -> {
            visitor.visit(value(entry), weight);
            return true;
        });
    }

    /** Writes an entry without what all entries of this call and group have; null as nothing. */
    void write(byte @Nullable [] entry, ByteWriter out) {
        int size = entry == null ? 0 : entry.length - prefix.length;
        out.writeLong(size);
        if (entry != null) {
            out.writeBytes(entry, prefix.length, size);
        }
    }

    byte @Nullable [] read(ByteReader in) {
        int size = (int) in.readLong();
        if (size == 0) {
            return null;
        }
        scratch.reset().writeBytes(prefix);
        scratch.writeBytes(in.readBytes(size));
        return scratch.toBytes();
    }

    @FunctionalInterface
    interface Visitor {
        void visit(@Nullable Object value, long weight);
    }
}
