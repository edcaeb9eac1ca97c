package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Moves;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** What goes through a repartition topic. Its formats reuse buffers, so each deserializer has its own. */
final class MessageSerde implements Serde<Message> {

    private static final byte MOVES = 1;
    private static final byte WATERMARK = 0;

    private final List<DataType> types;

    MessageSerde(List<DataType> types) {
        this.types = types;
    }

    @Override
    public Serializer<Message> serializer() {
        return (topic, message) -> switch (message) {
            case Message.Moving(int _, byte[] moves) ->
                ByteBuffer.allocate(1 + moves.length).put(MOVES).put(moves).array();
            case Message.Watermark(int from, long time) ->
                ByteBuffer.allocate(1 + Integer.BYTES + Long.BYTES)
                        .put(WATERMARK)
                        .putInt(from)
                        .putLong(time)
                        .array();
            case Message.Rows _, Message.Moved _, Message.Read _, Message.Rejection _ ->
                throw new IllegalStateException("rows move together");
        };
    }

    @Override
    @SuppressWarnings("NullAway") // a bundle has no value
    public Deserializer<Message> deserializer() {
        ThreadLocal<Moves> formats = ThreadLocal.withInitial(() -> new Moves(types));
        return (topic, bytes) -> {
            if (bytes == null) {
                return null;
            }
            if (bytes[0] == MOVES) {
                return new Message.Moved(formats.get().read(Arrays.copyOfRange(bytes, 1, bytes.length)));
            }
            ByteBuffer watermark = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
            return new Message.Watermark(watermark.getInt(), watermark.getLong());
        };
    }
}
