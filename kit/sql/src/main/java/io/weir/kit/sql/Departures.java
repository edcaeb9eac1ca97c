package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.sql.change.Moves;
import io.weir.kit.sql.change.Moves.Move;
import io.weir.kit.stream.PackedHeaders;
import io.weir.kit.stream.PreCommit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait to leave for another partition. Those of one partition key leave as one message when the task commits, which is when they can be read at the earliest;
 * what came and went in between does not leave at all. Messages to one partition share records.
 *
 * <p>A message carries the headers of the last change that is in it. Messages that bring rows leave before those that only take rows away: a reader then tends to see
 * a moved row twice for a moment rather than missing.
 */
final class Departures {

    /** So many rows wait at most: they are held in memory. */
    private static final int MOST = 8_000;

    /** So many of one key: they become one record, which the broker takes up to a size. */
    private static final int MOST_OF_A_KEY = 1_000;

    /** A record that is so large is sent. */
    private static final int RECORD_BYTES = 32 * 1024;

    private static final byte[] NO_KEY = {};

    private static final class Party {
        private final ChangeBuilder rows = new ChangeBuilder();
        private Record<?, ?> cause;
        private int size;

        Party(Record<?, ?> cause) {
            this.cause = cause;
        }
    }

    private final ProcessorContext<byte[], Message> context;
    /** By partition. */
    private final List<Moves> moves;

    private final PackedHeaders headers = new PackedHeaders();
    private final Map<Bytes, Party> waiting = new LinkedHashMap<>();
    private Message.@Nullable Watermark watermark;
    private @Nullable Record<?, ?> watermarkCause;
    private int rows;

    private Departures(ProcessorContext<byte[], Message> context, Leaving way) {
        this.context = context;
        this.moves = IntStream.range(0, way.partitions())
                .mapToObj(_ -> new Moves(way.types()))
                .toList();
    }

    /** Called in a processor's {@code init}. */
    static Departures open(ProcessorContext<byte[], Message> context, Leaving way) {
        Departures departures = new Departures(context, way);
        PreCommit.before(context, way.store(), departures::leave);
        return departures;
    }

    /** Null where rows do not leave. */
    static @Nullable Departures openWhere(ProcessorContext<byte[], Message> context, @Nullable Leaving way) {
        return way == null ? null : open(context, way);
    }

    /** Rows of one partition key, and the record that brought them about. */
    void add(byte[] key, Change change, Record<?, ?> cause) {
        Party party = waiting.computeIfAbsent(Bytes.wrap(key), _ -> new Party(cause));
        party.cause = cause;
        for (Delta delta : change.deltas()) {
            party.rows.add(delta.row(), delta.weight());
        }
        party.size += change.deltas().size();
        rows += change.deltas().size();
        if (rows >= MOST || party.size >= MOST_OF_A_KEY) {
            leave();
        }
    }

    /** All rows that were added before leave before it. */
    void add(Message.Watermark reached, Record<?, ?> cause) {
        watermark = reached;
        watermarkCause = cause;
    }

    private void leave() {
        List<Record<byte[], Change>> taking = new ArrayList<>();
        waiting.forEach((key, party) -> {
            Change change = party.rows.build();
            if (change.isEmpty()) {
                return;
            }
            Record<byte[], Change> leaving =
                    new Record<>(key.get(), change, party.cause.timestamp(), party.cause.headers());
            if (change.deltas().stream().anyMatch(delta -> delta.weight() > 0)) {
                send(leaving);
            } else {
                taking.add(leaving);
            }
        });
        sendRest();
        taking.forEach(this::send);
        sendRest();
        Record<?, ?> cause = watermarkCause;
        Message.Watermark reached = watermark;
        if (reached != null && cause != null) {
            context.forward(new Record<>(NO_KEY, reached, cause.timestamp(), cause.headers()));
            watermark = null;
        }
        waiting.clear();
        rows = 0;
    }

    private void send(Record<byte[], Change> leaving) {
        if (moves.isEmpty()) {
            context.forward(leaving.withValue(new Message.Rows(leaving.value())));
            return;
        }
        int partition = BuiltInPartitioner.partitionForKey(leaving.key(), moves.size());
        moves.get(partition)
                .add(new Move(leaving.key(), leaving.value(), leaving.timestamp(), headers.pack(leaving.headers())));
        if (moves.get(partition).sizeBytes() >= RECORD_BYTES) {
            send(partition);
        }
    }

    private void sendRest() {
        for (int partition = 0; partition < moves.size(); partition++) {
            if (moves.get(partition).sizeBytes() > 0) {
                send(partition);
            }
        }
    }

    private void send(int partition) {
        context.forward(new Record<>(
                NO_KEY, new Message.Moving(partition, moves.get(partition).take()), context.currentSystemTimeMs()));
    }
}
