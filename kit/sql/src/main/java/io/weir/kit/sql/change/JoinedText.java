package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import org.jspecify.annotations.Nullable;

/** STRING_AGG: the group's texts in order. A change costs O(log n) in the state; the text itself is put together anew, which is as long as it is. */
final class JoinedText implements Accumulator {

    private final OrderedEntries entries;
    private final String separator;
    private final boolean distinct;

    JoinedText(Call call, int position, byte[] group, State values) {
        this.entries = new OrderedEntries(call, position, group, values);
        this.separator = call.constant() == null ? "" : call.constant().toString();
        this.distinct = call.distinct();
    }

    @Override
    public void addRow(@Nullable Object[] row, Object argument, long weight) {
        entries.add(entries.entry(row, argument), weight);
    }

    @Override
    public void add(Object value, long weight) {
        throw new IllegalStateException("the row is needed");
    }

    @Override
    public @Nullable Object result() {
        StringBuilder text = new StringBuilder();
        boolean[] any = new boolean[1];
        entries.scan((value, weight) -> {
            for (long i = 0; i < (distinct ? Math.min(1, weight) : weight); i++) {
                if (any[0]) {
                    text.append(separator);
                }
                any[0] = true;
                text.append(value);
            }
        });
        return any[0] ? text.toString() : null;
    }

    /** Its entries outlive the group's, and are found again. */
    @Override
    public boolean isEmpty() {
        return true;
    }

    @Override
    public void read(ByteReader in) {}

    @Override
    public void write(ByteWriter out) {}
}
