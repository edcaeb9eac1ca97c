package io.weir.reversesync;

import io.weir.kit.stream.ChangeHeaders;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A change of the product that the destination is to take over.
 *
 * @param record the record as it was read: position and bytes
 * @param key the primary key's columns, in the order of the product's key
 * @param row the row that now stands under the key, in the contract's order; null where none does
 * @param superseded the change of the same key that this one replaced inside one batch: written after all where this one is refused
 */
record PendingWrite(
        ConsumerRecord<byte[], byte[]> record,
        @Nullable Object[] key,
        @Nullable Object @Nullable [] row,
        ChangeHeaders headers,
        @Nullable PendingWrite superseded) {

    /** Equal for equal keys; the bytes are canonical. */
    ByteBuffer keyBytes() {
        return ByteBuffer.wrap(record.key());
    }

    boolean isDelete() {
        return row == null;
    }

    PendingWrite superseding(@Nullable PendingWrite earlier) {
        return new PendingWrite(record, key, row, headers, earlier);
    }
}
