package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/** An operator's memory: bytes by key, in the keys' unsigned byte order. Entries live until deleted. */
public interface State {

    byte @Nullable [] get(byte[] key);

    void put(byte[] key, byte[] value);

    void delete(byte[] key);

    /** The entries whose keys start with {@code prefix}, in key order, as long as {@code visitor} says so. It must not change the state. */
    void scan(byte[] prefix, Visitor visitor);

    /** Sees one entry; false ends the scan. */
    @FunctionalInterface
    interface Visitor {
        boolean visit(byte[] key, byte[] value);
    }
}
