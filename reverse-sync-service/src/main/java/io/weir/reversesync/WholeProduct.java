package io.weir.reversesync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/** A product's topic from its beginning to where it ended when the first batch was asked for. */
final class WholeProduct implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final String topic;
    private final ChangeReader reader;
    private Map<TopicPartition, Long> ends = Map.of();

    WholeProduct(KafkaConsumer<byte[], byte[]> consumer, String topic, ChangeReader reader) {
        this.consumer = consumer;
        this.topic = topic;
        this.reader = reader;
    }

    /** The next changes, one per key, the last of each; empty at the end. */
    List<PendingWrite> next() {
        if (ends.isEmpty()) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            ends = consumer.endOffsets(partitions);
        }
        List<PendingWrite> changes = new ArrayList<>();
        while (changes.isEmpty()
                && ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (reader.read(record) instanceof ChangeReader.Read.Change(PendingWrite change)) {
                    changes.add(change);
                }
            }
        }
        return Batches.coalesce(changes);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
