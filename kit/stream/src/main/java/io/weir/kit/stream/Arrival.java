package io.weir.kit.stream;

import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;

/**
 * The first processor behind a topic: counts what comes, and sees to it that it is committed soon.
 *
 * <p>Where Kafka Streams hands over a {@link Bundle}, its records come one after the other, each as if it had been handed over by itself.
 */
public final class Arrival<V> extends ContextualProcessor<byte[], V, byte[], V> {

    /** What a topic's record holds: itself, or several. */
    @FunctionalInterface
    public interface Opening<V> {
        void open(Record<byte[], V> record, Consumer<Record<byte[], V>> each);
    }

    private final Runnable counted;
    private final Deserializer<V> values;
    private final Opening<V> opening;

    @SuppressWarnings("NullAway.Init") // init comes before the first record
    private InternalProcessorContext<byte[], V> internal;

    /** Of a product's topic: counts its records. {@code values} is the topic's. */
    public Arrival(Runnable counted, Deserializer<V> values) {
        this(counted, values, (record, each) -> each.accept(record));
    }

    /** Of a topic of the stage's own, which holds no new rows. */
    public Arrival(Deserializer<V> values, Opening<V> opening) {
        this(() -> {}, values, opening);
    }

    private Arrival(Runnable counted, Deserializer<V> values, Opening<V> opening) {
        this.counted = counted;
        this.values = values;
        this.opening = opening;
    }

    @Override
    public void init(ProcessorContext<byte[], V> context) {
        super.init(context);
        internal = (InternalProcessorContext<byte[], V>) context;
    }

    @Override
    public void process(Record<byte[], V> record) {
        Bundle bundle = Bundle.of(record.headers());
        if (bundle == null) {
            opening.open(record, this::arrived);
            return;
        }
        ProcessorRecordContext ofBundle = internal.recordContext();
        try {
            for (ConsumerRecord<byte[], byte[]> one : bundle.records()) {
                internal.setRecordContext(new ProcessorRecordContext(
                        one.timestamp(), one.offset(), one.partition(), one.topic(), one.headers()));
                opening.open(
                        new Record<>(
                                one.key(),
                                values.deserialize(one.topic(), one.headers(), one.value()),
                                one.timestamp(),
                                one.headers()),
                        this::arrived);
            }
        } finally {
            internal.setRecordContext(ofBundle);
        }
    }

    private void arrived(Record<byte[], V> record) {
        counted.run();
        CommitPace.arrived(context());
        context().forward(record);
    }
}
