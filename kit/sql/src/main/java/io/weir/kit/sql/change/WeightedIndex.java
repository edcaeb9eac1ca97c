package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/** A multiset in a state: an entry's value is its weight, and an entry of weight 0 is none. */
final class WeightedIndex {

    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    WeightedIndex(State state) {
        this.state = state;
    }

    /** Adds to the entry's weight and returns what it is then. */
    long add(byte[] entry, long weight) {
        byte[] before = state.get(entry);
        long after = Math.addExact(before == null ? 0 : weight(before), weight);
        if (after == 0) {
            state.delete(entry);
        } else {
            scratch.reset().writeLong(after);
            state.put(entry, scratch.toBytes());
        }
        return after;
    }

    void scan(byte[] prefix, WeightVisitor visitor) {
        state.scan(prefix, (key, value) -> visitor.visit(key, weight(value)));
    }

    /** The first entry under the prefix that is there at least once. */
    byte @Nullable [] first(byte[] prefix) {
        byte[][] found = new byte[1][];
        scan(prefix, (entry, weight) -> {
            if (weight > 0) {
                found[0] = entry;
            }
            return weight <= 0;
        });
        return found[0];
    }

    private static long weight(byte[] value) {
        return new ByteReader(value).readLong();
    }

    /** Sees one entry; false ends the scan. */
    @FunctionalInterface
    interface WeightVisitor {
        boolean visit(byte[] entry, long weight);
    }
}
