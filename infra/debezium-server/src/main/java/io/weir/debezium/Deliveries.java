package io.weir.debezium;

import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Counts the changes that this process gave to Kafka and that Kafka has; heartbeats are none, for they come while nothing is read too. */
public final class Deliveries implements ProducerInterceptor<byte[], byte[]> {

    private static final AtomicLong SENT = new AtomicLong();
    private static final AtomicLong ANSWERED = new AtomicLong();

    /** How many Kafka has, or has refused. */
    static long answered() {
        return ANSWERED.get();
    }

    /** How many are on their way. */
    static long underWay() {
        return SENT.get() - ANSWERED.get();
    }

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        if (isChange(record.topic())) {
            SENT.incrementAndGet();
        }
        return record;
    }

    @Override
    public void onAcknowledgement(@Nullable RecordMetadata metadata, @Nullable Exception failure) {
        if (metadata != null && isChange(metadata.topic())) {
            ANSWERED.incrementAndGet();
        }
    }

    @Override
    public void configure(Map<String, ?> settings) {
        // Nothing to set.
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    private static boolean isChange(String topic) {
        return !topic.startsWith(DebeziumSettings.HEARTBEAT_PREFIX + ".");
    }
}
