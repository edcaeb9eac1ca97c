package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.ingest.TableState.Moved;
import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.RowType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.avro.Schema;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one captured table in one state store of bytes.
 *
 * <p>{@code K<key bytes>} -> {@link KeyState}, {@code T} -> {@link TableState}, {@code S<number>} -> the Avro schema (JSON) under which rows were remembered: the
 * contract may have got other columns since; what an old row did not have is {@link Image#UNAVAILABLE}.
 */
final class TableStore {

    private static final byte KEY = 'K';
    private static final byte[] TABLE = {'T'};
    private static final byte SCHEMA = 'S';

    private static final int STANDING = 1;
    private static final int PASSED_ON = 2;
    private static final int HAS_ROW = 4;

    private static final int STARTED = 1;
    private static final int SWEEP_PENDING = 2;
    private static final int MOVED = 4;
    private static final int COMMIT_KNOWN = 8;

    private static final int POSITION_BYTES = 3 * Long.BYTES + 1;

    private final KeyValueStore<byte[], byte[]> store;
    private final RowType type;
    private final RowCodec codec;
    private final short schemaNumber;
    private final Map<Short, Schema> schemas = new HashMap<>();
    private TableState table;

    /** Opens the memory; writes down the row's present schema where it is new. */
    TableStore(KeyValueStore<byte[], byte[]> store, DataProduct product) {
        this.store = store;
        this.type = product.rowType().allNullable();
        this.codec = RowCodec.of(type);
        this.schemaNumber = numberOf(AvroMapping.schema(type, "io.weir.internal", "Row"));
        byte @Nullable [] bytes = store.get(TABLE);
        this.table = bytes == null ? TableState.NEW : table(ByteBuffer.wrap(bytes));
    }

    TableState table() {
        return table;
    }

    void table(TableState next) {
        if (!next.equals(table)) {
            table = next;
            store.put(TABLE, bytes(next));
        }
    }

    KeyState key(byte[] key) {
        byte @Nullable [] bytes = store.get(prefixed(key));
        return bytes == null ? KeyState.NEVER : key(ByteBuffer.wrap(bytes));
    }

    void key(byte[] key, KeyState state) {
        store.put(prefixed(key), bytes(state));
    }

    /** Hands every key to {@code visitor}, which may change what is remembered of it. */
    void forEach(BiConsumer<byte[], KeyState> visitor) {
        try (KeyValueIterator<byte[], byte[]> all = store.range(new byte[] {KEY}, new byte[] {KEY + 1})) {
            while (all.hasNext()) {
                KeyValue<byte[], byte[]> entry = all.next();
                if (entry.key.length > 0 && entry.key[0] == KEY) {
                    byte[] key = new byte[entry.key.length - 1];
                    System.arraycopy(entry.key, 1, key, 0, key.length);
                    visitor.accept(key, key(ByteBuffer.wrap(entry.value)));
                }
            }
        }
    }

    /** The highest LSN in anything that is remembered: reads everything. */
    long highestLsn() {
        long[] highest = {
            Math.max(
                    table.snapshotLsn(),
                    Math.max(
                            table.truncatedAt().commitLsn(), table.truncatedAt().lsn()))
        };
        forEach((key, state) -> highest[0] = Math.max(
                highest[0],
                Math.max(state.position().commitLsn(), state.position().lsn())));
        return highest[0];
    }

    private short numberOf(Schema present) {
        short number = 0;
        for (; ; number++) {
            byte[] key = ByteBuffer.allocate(3).put(SCHEMA).putShort(number).array();
            byte @Nullable [] json = store.get(key);
            if (json == null) {
                store.put(key, present.toString().getBytes(UTF_8));
                schemas.put(number, present);
                return number;
            }
            Schema known = new Schema.Parser().parse(new String(json, UTF_8));
            if (known.equals(present)) {
                schemas.put(number, present);
                return number;
            }
            schemas.put(number, known);
        }
    }

    private static byte[] prefixed(byte[] key) {
        return ByteBuffer.allocate(key.length + 1).put(KEY).put(key).array();
    }

    private byte[] bytes(KeyState state) {
        @Nullable Object @Nullable [] row = state.row();
        byte[] rowBytes = row == null ? new byte[0] : bytes(row);
        int flags =
                (state.standing() ? STANDING : 0) | (state.passedOn() ? PASSED_ON : 0) | (row == null ? 0 : HAS_ROW);
        ByteBuffer buffer = ByteBuffer.allocate(1 + POSITION_BYTES + rowBytes.length);
        buffer.put((byte) flags);
        write(state.position(), buffer);
        return buffer.put(rowBytes).array();
    }

    private KeyState key(ByteBuffer buffer) {
        int flags = buffer.get();
        Position position = position(buffer);
        @Nullable Object @Nullable [] row = (flags & HAS_ROW) == 0 ? null : row(buffer);
        return new KeyState(position, (flags & STANDING) != 0, row, (flags & PASSED_ON) != 0);
    }

    private byte[] bytes(TableState state) {
        Moved moved = state.moved();
        byte[] rowBytes = moved == null ? new byte[0] : bytes(moved.row());
        int flags = (state.started() ? STARTED : 0)
                | (state.sweepPending() ? SWEEP_PENDING : 0)
                | (moved == null ? 0 : MOVED)
                | (state.commitKnown() ? COMMIT_KNOWN : 0);
        ByteBuffer buffer = ByteBuffer.allocate(1 + 2 * Long.BYTES + 2 * POSITION_BYTES + rowBytes.length);
        buffer.put((byte) flags).putLong(state.snapshotLsn()).putLong(state.first());
        write(state.truncatedAt(), buffer);
        write(moved == null ? Position.NEVER : moved.position(), buffer);
        return buffer.put(rowBytes).array();
    }

    private TableState table(ByteBuffer buffer) {
        int flags = buffer.get();
        long snapshotLsn = buffer.getLong();
        long first = buffer.getLong();
        Position truncatedAt = position(buffer);
        Position movedAt = position(buffer);
        Moved moved = null;
        if ((flags & MOVED) != 0) {
            @Nullable Object @Nullable [] row = row(buffer);
            moved = row == null ? null : new Moved(movedAt, row);
        }
        return new TableState(
                (flags & STARTED) != 0,
                snapshotLsn,
                (flags & SWEEP_PENDING) != 0,
                first,
                (flags & COMMIT_KNOWN) != 0,
                truncatedAt,
                moved);
    }

    /** Schema number, then the positions of unavailable values, then the row in Avro with null in their place. */
    private byte[] bytes(@Nullable Object[] row) {
        @Nullable Object[] written = row.clone();
        List<Integer> gaps = new ArrayList<>();
        for (int i = 0; i < row.length; i++) {
            if (row[i] == Image.UNAVAILABLE) {
                gaps.add(i);
                written[i] = null;
            }
        }
        byte[] avro = codec.encode(written);
        ByteBuffer buffer = ByteBuffer.allocate(Short.BYTES * (2 + gaps.size()) + avro.length);
        buffer.putShort(schemaNumber).putShort((short) gaps.size());
        gaps.forEach(gap -> buffer.putShort(gap.shortValue()));
        return buffer.put(avro).array();
    }

    /** Null where the row was remembered in types that the contract no longer has. */
    private @Nullable Object @Nullable [] row(ByteBuffer buffer) {
        short number = buffer.getShort();
        Schema writer = schemas.get(number);
        if (writer == null) {
            throw new IllegalStateException(
                    "a remembered row names schema %d, which is not in the store".formatted(number));
        }
        int gaps = buffer.getShort();
        List<String> unavailable = new ArrayList<>();
        for (int i = 0; i < gaps; i++) {
            unavailable.add(writer.getFields().get(buffer.getShort()).name());
        }
        byte[] avro = new byte[buffer.remaining()];
        buffer.get(avro);
        @Nullable Object[] row;
        try {
            row = codec.decode(avro, writer);
        } catch (RowCodecException otherTypes) {
            return null;
        }
        for (int i = 0; i < row.length; i++) {
            Column column = type.columns().get(i);
            if (unavailable.contains(column.name()) || writer.getField(column.name()) == null) {
                row[i] = Image.UNAVAILABLE;
            }
        }
        return row;
    }

    private static void write(Position position, ByteBuffer buffer) {
        buffer.putLong(position.commitLsn())
                .putLong(position.lsn())
                .putLong(position.transactionId())
                .put((byte) position.serial());
    }

    private static Position position(ByteBuffer buffer) {
        return new Position(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.get());
    }
}
