package io.weir.kit.sql;

import io.weir.kit.sql.change.Moves.Move;
import io.weir.kit.stream.Arrival;
import io.weir.kit.stream.PackedHeaders;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.streams.processor.api.Record;

/** Changes that moved together, each as a record of its own again. */
final class Unpacking implements Arrival.Opening<Message> {

    private final PackedHeaders headers = new PackedHeaders();

    @Override
    public void open(Record<byte[], Message> record, Consumer<Record<byte[], Message>> each) {
        if (record.value() instanceof Message.Moved(List<Move> moves)) {
            for (Move move : moves) {
                each.accept(new Record<>(
                        move.key(),
                        new Message.Rows(move.change()),
                        move.timestampMs(),
                        headers.unpack(move.headers())));
            }
        } else {
            each.accept(record);
        }
    }
}
