package io.weir.kit.sql.change;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** State in a sorted map, for runs without Kafka. */
public final class MemoryState implements State {

    private final TreeMap<Bytes, byte[]> entries = new TreeMap<>();

    @Override
    public byte @Nullable [] get(byte[] key) {
        return entries.get(new Bytes(key));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        entries.put(new Bytes(key), value);
    }

    @Override
    public void delete(byte[] key) {
        entries.remove(new Bytes(key));
    }

    @Override
    public void scan(byte[] prefix, Visitor visitor) {
        for (Map.Entry<Bytes, byte[]> entry : entries.tailMap(new Bytes(prefix)).entrySet()) {
            byte[] key = entry.getKey().value();
            boolean within = key.length >= prefix.length
                    && java.util.Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
            if (!within || !visitor.visit(key, entry.getValue())) {
                return;
            }
        }
    }

    @Override
    public void range(byte[] from, byte @Nullable [] to, Visitor visitor) {
        visit(between(from, to), visitor);
    }

    @Override
    public void rangeBack(byte[] from, byte @Nullable [] to, Visitor visitor) {
        visit(between(from, to).descendingMap(), visitor);
    }

    private NavigableMap<Bytes, byte[]> between(byte[] from, byte @Nullable [] to) {
        if (to == null) {
            return entries.tailMap(new Bytes(from), true);
        }
        Bytes end = new Bytes(to);
        Bytes start = new Bytes(from);
        return start.compareTo(end) < 0 ? entries.subMap(start, true, end, false) : new TreeMap<>();
    }

    private static void visit(Map<Bytes, byte[]> entries, Visitor visitor) {
        for (Map.Entry<Bytes, byte[]> entry : entries.entrySet()) {
            if (!visitor.visit(entry.getKey().value(), entry.getValue())) {
                return;
            }
        }
    }

    public int size() {
        return entries.size();
    }
}
