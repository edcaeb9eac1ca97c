package io.weir.kit.sql.change;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An operator's memory: bytes by key, in the keys' unsigned byte order. Entries live until deleted. */
public interface State {

    byte @Nullable [] get(byte[] key);

    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    /** The entries whose keys start with {@code prefix}, in key order, as long as {@code visitor} says so. It must not change the state. */
    void scan(byte[] prefix, Visitor visitor);

    /** The entries from {@code from} on and before {@code to} (null: to the end), in key order, as long as {@code visitor} says so. It must not change the state. */
    void range(byte[] from, byte @Nullable [] to, Visitor visitor);

    /** As {@link #range}, but the last one first. */
    void rangeBack(byte[] from, byte @Nullable [] to, Visitor visitor);

    /** The first key after all that start with {@code prefix}; null where there is none. */
    static byte @Nullable [] after(byte[] prefix) {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != (byte) 0xFF) {
                byte[] after = Arrays.copyOf(prefix, i + 1);
                after[i]++;
                return after;
            }
        }
        return null;
    }

    /** Sees one entry; false ends the scan. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }
}
