package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The operation ids of a push topic that are remembered, in one state store of bytes.
 *
 * <p>{@code O<id>} -> time, and {@code T<time><id>} -> nothing, so that forgetting the oldest costs what is forgotten and no more. Times are ms since the epoch.
 */
final class OperationLog {

    private static final byte OPERATION = 'O';
    private static final byte TIME = 'T';
    private static final byte[] NOTHING = {};

    private final KeyValueStore<byte[], byte[]> store;

    OperationLog(KeyValueStore<byte[], byte[]> store) {
        this.store = store;
    }

    /** Remembers an id; false where it is remembered already. */
    boolean add(String operationId, long timeMs) {
        byte[] id = operationId.getBytes(UTF_8);
        byte[] key = ByteBuffer.allocate(1 + id.length).put(OPERATION).put(id).array();
        if (store.get(key) != null) {
            return false;
        }
        store.put(key, ByteBuffer.allocate(Long.BYTES).putLong(timeMs).array());
        store.put(timeKey(timeMs, id), NOTHING);
        return true;
    }

    /** Forgets every id from before this time; tells how many. */
    int forgetBefore(long timeMs) {
        List<byte[]> old = new ArrayList<>();
        try (KeyValueIterator<byte[], byte[]> range = store.range(timeKey(0, NOTHING), timeKey(timeMs, NOTHING))) {
            while (range.hasNext()) {
                KeyValue<byte[], byte[]> entry = range.next();
                if (entry.key[0] == TIME) {
                    old.add(entry.key);
                }
            }
        }
        for (byte[] key : old) {
            int idLength = key.length - 1 - Long.BYTES;
            byte[] operation = ByteBuffer.allocate(1 + idLength)
                    .put(OPERATION)
                    .put(key, 1 + Long.BYTES, idLength)
                    .array();
            store.delete(operation);
            store.delete(key);
        }
        return old.size();
    }

    private static byte[] timeKey(long timeMs, byte[] id) {
        return ByteBuffer.allocate(1 + Long.BYTES + id.length)
                .put(TIME)
                .putLong(Math.max(0, timeMs))
                .put(id)
                .array();
    }
}
