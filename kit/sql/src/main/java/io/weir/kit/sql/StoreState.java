package io.weir.kit.sql;

import io.weir.kit.sql.change.State;
import java.util.Arrays;
import org.apache.kafka.common.serialization.BytesSerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** An operator's memory in a store of Kafka Streams, and so in its changelog. */
final class StoreState implements State {

    private static final BytesSerializer PREFIX = new BytesSerializer();

    private final KeyValueStore<Bytes, byte[]> store;

    StoreState(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        return store.get(Bytes.wrap(key));
    }

    @Override
    public void put(byte[] key, byte[] value) {
        store.put(Bytes.wrap(key), value);
    }

    @Override
    public void delete(byte[] key) {
        store.delete(Bytes.wrap(key));
    }

    @Override
    public void scan(byte[] prefix, Visitor visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = store.prefixScan(Bytes.wrap(prefix), PREFIX)) {
            visit(entries, null, visitor);
        }
    }

    @Override
    public void range(byte[] from, byte @Nullable [] to, Visitor visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = store.range(Bytes.wrap(from), Bytes.wrap(to))) {
            visit(entries, to, visitor);
        }
    }

    @Override
    public void rangeBack(byte[] from, byte @Nullable [] to, Visitor visitor) {
        try (KeyValueIterator<Bytes, byte[]> entries = store.reverseRange(Bytes.wrap(from), Bytes.wrap(to))) {
            visit(entries, to, visitor);
        }
    }

    /** Kafka Streams' ranges hold their upper end, ours do not. */
    private static void visit(KeyValueIterator<Bytes, byte[]> entries, byte @Nullable [] excluded, Visitor visitor) {
        while (entries.hasNext()) {
            KeyValue<Bytes, byte[]> entry = entries.next();
            byte[] key = entry.key.get();
            if (!Arrays.equals(key, excluded) && !visitor.visit(key, entry.value)) {
                return;
            }
        }
    }
}
