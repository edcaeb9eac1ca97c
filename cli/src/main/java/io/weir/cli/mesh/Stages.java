package io.weir.cli.mesh;

import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.StageStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What the stages of a mesh have said of themselves: {@code weir.stages} read as a table. */
public final class Stages {

    /** A stage speaks every second: after this long without a word, what it said is no news. */
    public static final Duration STALE_AFTER = Duration.ofSeconds(10);

    private static final Duration POLL = Duration.ofMillis(200);

    private Stages() {}

    /**
     * The latest word of each stage, by stage id.
     *
     * @throws org.apache.kafka.common.KafkaException where Kafka does not answer within {@code limit}
     */
    public static List<StageStatus> read(String kafka, Duration limit) {
        Map<String, StageStatus> latest = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(kafka, limit)) {
            TopicPartition topic = new TopicPartition(MeshTopics.STAGES, 0);
            if (!consumer.listTopics().containsKey(MeshTopics.STAGES)) {
                return List.of();
            }
            consumer.assign(List.of(topic));
            long end = consumer.endOffsets(List.of(topic)).getOrDefault(topic, 0L);
            consumer.seekToBeginning(List.of(topic));
            long deadline = System.nanoTime() + limit.toNanos();
            while (consumer.position(topic) < end && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.value() != null) {
                        Optional<StageStatus> status = MeshJson.read(record.value(), StageStatus.class);
                        status.ifPresent(said -> latest.put(said.stage(), said));
                    }
                }
            }
        }
        return List.copyOf(latest.values());
    }

    public static boolean isStale(StageStatus status, long nowMs) {
        return nowMs - status.updatedAtMs() > STALE_AFTER.toMillis();
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String kafka, Duration limit) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) limit.toMillis(),
                        ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        (int) limit.toMillis()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
