package io.weir.kit.stream;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.streams.internals.ConsumerWrapper;

/** Gives Kafka Streams the records that it polls in {@link Bundle}s. Made by Kafka Streams, from the class's name. */
public final class BundlingConsumer extends ConsumerWrapper {

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        return Bundle.bundled(super.poll(timeout));
    }
}
