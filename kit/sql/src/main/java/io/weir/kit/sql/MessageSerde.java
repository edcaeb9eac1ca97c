package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.ChangeFormat;
import java.util.List;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/** Rows on their way through a repartition topic. Its formats reuse buffers, so each serializer has its own. */
final class MessageSerde implements Serde<Message> {

    private final List<DataType> types;

    MessageSerde(List<DataType> types) {
        this.types = types;
    }

    @Override
    public Serializer<Message> serializer() {
        ThreadLocal<ChangeFormat> formats = ThreadLocal.withInitial(() -> new ChangeFormat(types));
        return (topic, message) -> switch (message) {
            case Message.Rows rows -> formats.get().encode(rows.change());
            case Message.Read _, Message.Rejection _ -> throw new IllegalStateException("only rows move");
        };
    }

    @Override
    public Deserializer<Message> deserializer() {
        ThreadLocal<ChangeFormat> formats = ThreadLocal.withInitial(() -> new ChangeFormat(types));
        return (topic, bytes) -> new Message.Rows(formats.get().decode(bytes));
    }
}
