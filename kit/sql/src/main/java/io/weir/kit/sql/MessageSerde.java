package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.ChangeFormat;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Rows on their way through a repartition topic. Its formats reuse buffers, so each serializer has its own. */
final class MessageSerde implements Serde<Message> {

    /** Rows begin with a weight, which is never 0. */
    private static final byte NO_ROWS = 0;

    private static final int WATERMARK = 1 + Integer.BYTES + Long.BYTES;

    private final List<DataType> types;

    MessageSerde(List<DataType> types) {
        this.types = types;
    }

    @Override
    public Serializer<Message> serializer() {
        ThreadLocal<ChangeFormat> formats = ThreadLocal.withInitial(() -> new ChangeFormat(types));
        return (topic, message) -> switch (message) {
            case Message.Rows rows -> formats.get().encode(rows.change());
            case Message.Watermark(int from, long time) ->
                ByteBuffer.allocate(WATERMARK)
                        .put(NO_ROWS)
                        .putInt(from)
                        .putLong(time)
                        .array();
            case Message.Read _, Message.Rejection _ -> throw new IllegalStateException("only rows move");
        };
    }

    @Override
    public Deserializer<Message> deserializer() {
        ThreadLocal<ChangeFormat> formats = ThreadLocal.withInitial(() -> new ChangeFormat(types));
        return (topic, bytes) -> {
            if (bytes.length == WATERMARK && bytes[0] == NO_ROWS) {
                ByteBuffer watermark = ByteBuffer.wrap(bytes, 1, WATERMARK - 1);
                return new Message.Watermark(watermark.getInt(), watermark.getLong());
            }
            return new Message.Rows(formats.get().decode(bytes));
        };
    }
}
