package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** STRING_AGG and ARRAY_AGG: the group's values in order. A change costs O(log n) in the state; the result itself is put together anew, which is as long as it is. */
final class GatheredValues implements Accumulator {

    private final OrderedEntries entries;
    private final String separator;
    private final boolean distinct;
    private final boolean array;

    GatheredValues(Call call, int position, byte[] group, State values) {
        this.entries = new OrderedEntries(call, position, group, values);
        this.separator = call.constant() == null ? "" : call.constant().toString();
        this.distinct = call.distinct();
        this.array = call.function() == Aggregate.Function.ARRAY_AGG;
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
    public void addNull(@Nullable Object[] row, long weight) {
        if (array) {
            entries.add(entries.entry(row, null), weight);
        }
    }

    @Override
    public @Nullable Object result() {
        List<@Nullable Object> gathered = new ArrayList<>();
        entries.scan((value, weight) -> {
            for (long i = 0; i < (distinct ? Math.min(1, weight) : weight); i++) {
                gathered.add(value);
            }
        });
        if (gathered.isEmpty()) {
            return null;
        }
        return array
                ? Collections.unmodifiableList(gathered)
                : gathered.stream().map(String::valueOf).collect(Collectors.joining(separator));
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
