package io.weir.kit.sql;

import io.weir.kit.stream.Output;
import io.weir.kit.stream.PreCommit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** What the keys of the output came to: the last of each goes to the gate when the task commits, with the headers of the change that led to it. */
final class LastOutputs {

    /** So many keys wait at most. */
    private static final int MOST = 4_000;

    private final ProcessorContext<byte[], Output> context;
    private final Map<List<@Nullable Object>, Record<byte[], Output>> waiting = new LinkedHashMap<>();

    private LastOutputs(ProcessorContext<byte[], Output> context) {
        this.context = context;
    }

    /** Called in a processor's {@code init}; {@code store} is its {@link PreCommit}. */
    static LastOutputs open(ProcessorContext<byte[], Output> context, String store) {
        LastOutputs outputs = new LastOutputs(context);
        PreCommit.before(context, store, outputs::leave);
        return outputs;
    }

    void put(List<@Nullable Object> key, Record<byte[], Output> output) {
        waiting.put(key, output);
        if (waiting.size() > MOST) {
            leave();
        }
    }

    private void leave() {
        waiting.values().forEach(context::forward);
        waiting.clear();
    }
}
