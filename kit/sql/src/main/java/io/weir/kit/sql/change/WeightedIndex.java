package io.weir.kit.sql.change;

import java.util.Arrays;
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
        long after = Math.addExact(before == null ? 0 : decoded(before), weight);
        if (after == 0) {
            state.delete(entry);
        } else {
            scratch.reset().writeLong(after);
            state.put(entry, scratch.toBytes());
        }
        return after;
    }

    void scan(byte[] prefix, WeightVisitor visitor) {
        state.scan(prefix, (key, value) -> visitor.visit(key, decoded(value)));
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

    /** 0 where there is no such entry. */
    long weight(byte[] entry) {
        byte[] value = state.get(entry);
        return value == null ? 0 : decoded(value);
    }

    /** The next entry under the prefix after {@code entry} that is there at least once. */
    byte @Nullable [] next(byte[] prefix, byte[] entry) {
        byte[][] found = new byte[1][];
        state.range(Arrays.copyOf(entry, entry.length + 1), State.after(prefix), firstThere(found));
        return found[0];
    }

    /** The last entry under the prefix before {@code entry} that is there at least once. */
    byte @Nullable [] previous(byte[] prefix, byte[] entry) {
        byte[][] found = new byte[1][];
        state.rangeBack(prefix, entry, firstThere(found));
        return found[0];
    }

    private static State.Visitor firstThere(byte[][] found) {
        return (key, value) -> {
            if (decoded(value) <= 0) {
                return true;
            }
            found[0] = key;
            return false;
        };
    }

    private static long decoded(byte[] value) {
        return new ByteReader(value).readLong();
    }

    /** Sees one entry; false ends the scan. */
    @FunctionalInterface
    interface WeightVisitor {
        boolean visit(byte[] entry, long weight);
    }
}
