package io.weir.kit.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * A row that waits for the rows that it names, with all that was known of its change.
 *
 * @param sinceMs since when it waits
 * @param timestampMs the record's
 * @param place {@code topic-partition@offset} of the stage's input; null where it comes from no record in particular
 * @param row in Avro, every column nullable
 */
record WaitingRow(
        long sinceMs,
        long timestampMs,
        long count,
        @Nullable String place,
        Headers headers,
        byte[] row) {

    /** A key that no other row has. */
    static byte[] distinct(byte[] key, long nowMs, long serial) {
        return ByteBuffer.allocate(key.length + 2 * Long.BYTES)
                .put(key)
                .putLong(nowMs)
                .putLong(serial)
                .array();
    }

    Record<byte[], Output> record(byte[] key, Output value) {
        return new Record<>(key, value, timestampMs, headers);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(sinceMs);
            out.writeLong(timestampMs);
            out.writeLong(count);
            out.writeUTF(place == null ? "" : place);
            Header[] all = headers.toArray();
            out.writeInt(all.length);
            for (Header header : all) {
                out.writeUTF(header.key());
                byte[] value = header.value();
                out.writeInt(value == null ? -1 : value.length);
                out.write(value == null ? new byte[0] : value);
            }
            out.write(row);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    static WaitingRow of(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            long sinceMs = in.readLong();
            long timestampMs = in.readLong();
            long count = in.readLong();
            String place = in.readUTF();
            RecordHeaders headers = new RecordHeaders();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                int length = in.readInt();
                headers.add(name, length < 0 ? null : in.readNBytes(length));
            }
            return new WaitingRow(
                    sinceMs, timestampMs, count, place.isEmpty() ? null : place, headers, in.readAllBytes());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
