package io.weir.kit.stream;

import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;

/** The first processor behind a topic: counts what comes, and sees to it that it is committed soon. */
public final class Arrival<V> extends ContextualFixedKeyProcessor<byte[], V, V> {

    private final Runnable counted;

    /** Counts into the stage's rows in where {@code counted} does; repartition topics hold no new rows. */
    public Arrival(Runnable counted) {
        this.counted = counted;
    }

    @Override
    public void process(FixedKeyRecord<byte[], V> record) {
        counted.run();
        CommitPace.arrived(context());
        context().forward(record);
    }
}
