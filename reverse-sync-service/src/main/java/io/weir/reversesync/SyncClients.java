package io.weir.reversesync;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageWaitException;
import io.weir.kit.stream.TopicSpec;
import io.weir.kit.stream.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The Kafka clients of one sync, and the topics that it needs. */
final class SyncClients {

    private static final Duration OUTCOME_RETENTION = Duration.ofDays(7);
    private static final Duration QUARANTINE_RETENTION = Duration.ofDays(30);

    private final StageId stage;
    private final StageSettings settings;
    private final int batchRows;

    SyncClients(StageId stage, StageSettings settings, int batchRows) {
        this.stage = stage;
        this.settings = settings;
        this.batchRows = batchRows;
    }

    /** Makes the sync's own topics and gives the id of the product's: another id means that the topic was made anew. */
    UUID prepare(Sync sync, DataProduct product) {
        String input = sync.from().topic();
        try (Admin admin = Admin.create(only(AdminClientConfig.configNames()))) {
            Topics.ensure(
                    admin,
                    List.of(
                            TopicSpec.retained(sync.outcomeTopic(), product.partitions(), OUTCOME_RETENTION),
                            TopicSpec.retained(sync.quarantineTopic(), 1, QUARANTINE_RETENTION)));
            if (!Topics.missing(admin, List.of(input)).isEmpty()) {
                throw new StageWaitException("waiting for topic " + input);
            }
            Uuid id = admin.describeTopics(List.of(input))
                    .topicNameValues()
                    .values()
                    .iterator()
                    .next()
                    .get(15, TimeUnit.SECONDS)
                    .topicId();
            return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (ExecutionException | TimeoutException unanswered) {
            throw new KafkaException(unanswered.getMessage(), unanswered);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", interrupted);
        }
    }

    /** Of no group: it is told what to read, and from where. */
    KafkaConsumer<byte[], byte[]> reader() {
        Map<String, Object> properties = only(ConsumerConfig.configNames());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batchRows);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        Map<String, Object> properties = only(ConsumerConfig.configNames());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, stage.toString());
        // A process that was killed and comes back takes its partitions over at once.
        properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, instance());
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 2_000);
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, batchRows);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 1 << 20);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    KafkaProducer<byte[], byte[]> producer() {
        Map<String, Object> properties = only(ProducerConfig.configNames());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, stage + "-" + instance());
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 16 << 20);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private String instance() {
        return settings.instance().replaceAll("[^a-zA-Z0-9._-]", "-");
    }

    private Map<String, Object> only(Set<String> known) {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.keySet().retainAll(known);
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return properties;
    }
}
