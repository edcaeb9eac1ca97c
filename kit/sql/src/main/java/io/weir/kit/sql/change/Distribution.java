package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Splits a change by the key that decides the partition: one message per key, so that what belongs to one key stays together.
 *
 * <p>Messages that bring rows come before those that only take rows away: a reader then tends to see a moved row twice for a moment rather than missing.
 */
public final class Distribution {

    /** The part of a change that goes to one partition. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Message(byte[] key, Change change) {}

    private final int[] columns;
    private final RowFormat keys;

    /** The types are those of the columns. */
    public Distribution(List<Integer> columns, List<DataType> types) {
        this.columns = columns.stream().mapToInt(i -> i).toArray();
        this.keys = new RowFormat(types);
    }

    public List<Message> split(Change change) {
        Map<Bytes, List<Delta>> byKey = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byKey.computeIfAbsent(new Bytes(keys.distributionKey(delta.row(), columns)), _ -> new ArrayList<>(2))
                    .add(delta);
        }
        List<Message> bringing = new ArrayList<>(byKey.size());
        List<Message> taking = new ArrayList<>();
        byKey.forEach((key, deltas) -> {
            boolean brings = deltas.stream().anyMatch(delta -> delta.weight() > 0);
            (brings ? bringing : taking).add(new Message(key.value(), new Change(deltas)));
        });
        bringing.addAll(taking);
        return bringing;
    }
}
