package io.weir.kit.sql.change;

/** Reads what {@link ByteWriter} wrote. */
final class ByteReader {

    private final byte[] bytes;
    private int at;

    ByteReader(byte[] bytes) {
        this(bytes, 0);
    }

    ByteReader(byte[] bytes, int from) {
        this.bytes = bytes;
        this.at = from;
    }

    byte readByte() {
        return bytes[at++];
    }

    byte[] readBytes(int length) {
        byte[] copy = java.util.Arrays.copyOfRange(bytes, at, at + length);
        at += length;
        return copy;
    }

    long readLong() {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = bytes[at++];
            value |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return (value >>> 1) ^ -(value & 1);
    }

    /** What {@link ByteWriter#writeOrdered} wrote. */
    long readOrdered() {
        long value = 0;
        for (int i = 0; i < Long.BYTES; i++) {
            value = (value << 8) | (bytes[at++] & 0xFF);
        }
        return value ^ Long.MIN_VALUE;
    }

    long readLittleEndian(int width) {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (bytes[at++] & 0xFFL) << (8 * i);
        }
        return value;
    }

    String readText(int length) {
        String text = new String(bytes, at, length, java.nio.charset.StandardCharsets.UTF_8);
        at += length;
        return text;
    }

    int position() {
        return at;
    }

    boolean hasMore() {
        return at < bytes.length;
    }
}
