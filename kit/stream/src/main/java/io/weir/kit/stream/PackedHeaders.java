package io.weir.kit.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The headers of {@link ChangeHeaders} as bytes, for what moves within a stage. All others are left out: the gate gives none of them on.
 *
 * <p>What was packed and unpacked last is kept, for records that follow each other tend to be of one change. One per thread.
 */
public final class PackedHeaders {

    private static final int ABSENT = -1;

    private final byte[] @Nullable [] fields = new byte[ChangeHeaders.FIELDS] @Nullable [];
    private final byte[] @Nullable [] packedFields = new byte[ChangeHeaders.FIELDS] @Nullable [];
    private byte[] packed = bytes(packedFields);

    private byte[] unpackedBytes = {};
    private Headers unpacked = new RecordHeaders();

    /** Where they are those of the time before, the same array. */
    public byte[] pack(Headers headers) {
        ChangeHeaders.find(headers, fields);
        if (!Arrays.deepEquals(fields, packedFields)) {
            System.arraycopy(fields, 0, packedFields, 0, fields.length);
            packed = bytes(fields);
        }
        return packed;
    }

    /** To be copied, not changed: they may be given again. */
    public Headers unpack(byte[] bytes) {
        if (!Arrays.equals(bytes, unpackedBytes)) {
            unpackedBytes = bytes;
            unpacked = headers(ByteBuffer.wrap(bytes));
        }
        return unpacked;
    }

    private static byte[] bytes(byte[] @Nullable [] fields) {
        int size = 0;
        for (byte[] field : fields) {
            size += Short.BYTES + (field == null ? 0 : field.length);
        }
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (byte[] field : fields) {
            if (field == null) {
                bytes.putShort((short) ABSENT);
            } else {
                bytes.putShort((short) field.length).put(field);
            }
        }
        return bytes.array();
    }

    private static Headers headers(ByteBuffer bytes) {
        Headers headers = new RecordHeaders();
        for (int i = 0; bytes.hasRemaining(); i++) {
            int length = bytes.getShort();
            if (length != ABSENT) {
                byte[] field = new byte[length];
                bytes.get(field);
                headers.add(new RecordHeader(ChangeHeaders.name(i), field));
            }
        }
        return headers;
    }
}
