package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.stream.PreCommit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Rows that wait to leave for another partition. Those of one partition key leave as one message when the task commits, which is when they can be read at the earliest;
 * what came and went in between does not leave at all.
 *
 * <p>A message carries the headers of the last change that is in it. Messages that bring rows leave before those that only take rows away: a reader then tends to see
 * a moved row twice for a moment rather than missing.
 */
final class Departures {

    /** So many rows wait at most: they are held in memory. */
    private static final int MOST = 8_000;

    /** So many of one key: they become one record, which the broker takes up to a size. */
    private static final int MOST_OF_A_KEY = 1_000;

    private static final byte[] EVERYWHERE = {};

    private static final class Party {
        private final ChangeBuilder rows = new ChangeBuilder();
        private Record<?, ?> cause;
        private int size;

        Party(Record<?, ?> cause) {
            this.cause = cause;
        }
    }

    private final ProcessorContext<byte[], Message> context;
    private final Map<Bytes, Party> waiting = new LinkedHashMap<>();
    private Message.@Nullable Watermark watermark;
    private @Nullable Record<?, ?> watermarkCause;
    private int rows;

    private Departures(ProcessorContext<byte[], Message> context) {
        this.context = context;
    }

    /** Called in a processor's {@code init}; {@code store} is its {@link PreCommit}. */
    static Departures open(ProcessorContext<byte[], Message> context, String store) {
        Departures departures = new Departures(context);
        PreCommit.before(context, store, departures::leave);
        return departures;
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
        List<Record<byte[], Message>> taking = new ArrayList<>();
        waiting.forEach((key, party) -> {
            Change change = party.rows.build();
            if (change.isEmpty()) {
                return;
            }
            Record<byte[], Message> leaving =
                    new Record<>(key.get(), new Message.Rows(change), party.cause.timestamp(), party.cause.headers());
            if (change.deltas().stream().anyMatch(delta -> delta.weight() > 0)) {
                context.forward(leaving);
            } else {
                taking.add(leaving);
            }
        });
        taking.forEach(context::forward);
        Record<?, ?> cause = watermarkCause;
        Message.Watermark reached = watermark;
        if (reached != null && cause != null) {
            context.forward(new Record<>(EVERYWHERE, reached, cause.timestamp(), cause.headers()));
            watermark = null;
        }
        waiting.clear();
        rows = 0;
    }
}
