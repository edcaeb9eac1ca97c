package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** ARG_MIN and ARG_MAX: the value of the row that is first in the call's order, of several the first by its bytes. The first entry is also kept with the group. */
final class FirstBy implements Accumulator {

    private final OrderedEntries entries;
    private final int by;
    private byte @Nullable [] first;

    FirstBy(Call call, int position, byte[] group, State values) {
        this.entries = new OrderedEntries(call, position, group, values);
        this.by = call.orders().getFirst().column();
    }

    @Override
    public void addRow(@Nullable Object[] row, Object argument, long weight) {
        if (row[by] == null) {
            return;
        }
        byte[] entry = entries.entry(row, argument);
        long after = entries.add(entry, weight);
        if (after > 0 && (first == null || Arrays.compareUnsigned(entry, first) < 0)) {
            first = entry;
        } else if (after <= 0 && Arrays.equals(entry, first)) {
            first = entries.first();
        }
    }

    @Override
    public void add(Object value, long weight) {
        throw new IllegalStateException("the row is needed");
    }

    @Override
    public @Nullable Object result() {
        return first == null ? null : entries.value(first);
    }

    @Override
    public boolean isEmpty() {
        return first == null;
    }

    @Override
    public void read(ByteReader in) {
        first = entries.read(in);
    }

    @Override
    public void write(ByteWriter out) {
        entries.write(first, out);
    }
}
