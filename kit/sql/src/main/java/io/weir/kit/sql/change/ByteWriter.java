package io.weir.kit.sql.change;

import java.util.Arrays;

/** A growing run of bytes. Integers are variable-length zigzag, as in Avro. */
final class ByteWriter {

    private byte[] bytes = new byte[128];
    private int size;

    ByteWriter reset() {
        size = 0;
        return this;
    }

    void writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void writeBytes(byte[] value) {
        writeBytes(value, 0, value.length);
    }

    void writeBytes(byte[] value, int from, int length) {
        ensure(length);
        System.arraycopy(value, from, bytes, size, length);
        size += length;
    }

    ByteWriter writeLong(long value) {
        ensure(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
        return this;
    }

    void writeLittleEndian(long value, int width) {
        ensure(width);
        for (int i = 0; i < width; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    void writeBigEndian(long value, int width) {
        ensure(width);
        for (int i = width - 1; i >= 0; i--) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    /** Eight bytes whose unsigned order is the numbers' order. */
    void writeOrdered(long value) {
        writeBigEndian(value ^ Long.MIN_VALUE, Long.BYTES);
    }

    int size() {
        return size;
    }

    int get(int position) {
        return bytes[position];
    }

    void set(int position, int value) {
        bytes[position] = (byte) value;
    }

    /** Flips every bit from {@code from} on: descending order. */
    void invert(int from) {
        for (int i = from; i < size; i++) {
            bytes[i] = (byte) ~bytes[i];
        }
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
