package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DISTINCT inside an aggregate call: hands on a value when it comes for the first time and when its last one goes. */
final class DistinctValues implements Accumulator {

    private final Accumulator of;
    private final RowFormat format;
    private final WeightedIndex values;
    private final byte[] prefix;
    private final ByteWriter scratch = new ByteWriter();

    /** An entry is the group, the call, and the value. */
    DistinctValues(Accumulator of, Call call, int position, byte[] group, State state) {
        this.of = of;
        this.format = new RowFormat(List.of(call.argumentType()));
        this.values = new WeightedIndex(state);
        scratch.writeBytes(group);
        scratch.writeByte(position);
        this.prefix = scratch.toBytes();
    }

    @Override
    public void add(Object value, long weight) {
        scratch.reset().writeBytes(prefix);
        format.write(new @Nullable Object[] {value}, scratch);
        long after = values.add(scratch.toBytes(), weight);
        boolean was = after - weight > 0;
        boolean is = after > 0;
        if (was != is) {
            of.add(value, is ? 1 : -1);
        }
    }

    @Override
    public @Nullable Object result() {
        return of.result();
    }

    @Override
    public boolean isEmpty() {
        return of.isEmpty();
    }

    @Override
    public void read(ByteReader in) {
        of.read(in);
    }

    @Override
    public void write(ByteWriter out) {
        of.write(out);
    }
}
