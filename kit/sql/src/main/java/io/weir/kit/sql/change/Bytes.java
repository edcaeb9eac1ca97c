package io.weir.kit.sql.change;

import java.util.Arrays;

/** Bytes that can be a map's key. */
@SuppressWarnings("ArrayRecordComponent") // compared by content where it is compared at all
record Bytes(byte[] value) implements Comparable<Bytes> {

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(value, other.value);
    }
}
