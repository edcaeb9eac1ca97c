package io.weir.kit.testkit;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Schemas;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The test JVM's Kafka.
 *
 * @param bootstrapServers {@code host:port}
 */
public record TestKafka(String bootstrapServers) {

    private static final Duration POLL = Duration.ofMillis(50);

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    /** Creates a topic, where it is missing, with the broker's defaults. */
    public void createTopic(String topic, int partitions) {
        createTopic(topic, partitions, Map.of());
    }

    /**
     * Creates a topic, where it is missing.
     *
     * @param config topic settings: {@code cleanup.policy} and others
     */
    public void createTopic(String topic, int partitions, Map<String, String> config) {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(config)))
                    .all()
                    .get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new IllegalStateException("Topic " + topic + " cannot be created", e.getCause());
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    public Set<String> topics() {
        try (Admin admin = admin()) {
            return admin.listTopics().names().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /**
     * Writes records in their order, also to a topic that was just made: with more than one request under way Kafka may refuse the first, take the
     * second, and then never the first again (KAFKA-15591).
     */
    public KafkaProducer<byte[], byte[]> producer() {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "linger.ms",
                        0,
                        "max.in.flight.requests.per.connection",
                        1),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Writes one record and waits until it is there. */
    public void send(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        send(new ProducerRecord<>(topic, key, value));
    }

    /** Writes records, in order, and waits until they are there. */
    @SafeVarargs
    public final void send(ProducerRecord<byte[], byte[]>... records) {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            var sent = new ArrayList<java.util.concurrent.Future<?>>();
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (var one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Every committed record that the topic holds now, each partition in its order. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            return readToEnd(consumer, topic);
        }
    }

    /** The committed records of the topic as soon as there are {@code count} or more. */
    public List<ConsumerRecord<byte[], byte[]>> awaitRecords(String topic, int count, Duration limit) {
        return awaitRecords(topic, records -> records.size() >= count, limit);
    }

    /**
     * The committed records of the topic as soon as a condition holds for all of them; the topic may not exist yet.
     *
     * @throws AssertionError after {@code limit}, with the number of records
     */
    public List<ConsumerRecord<byte[], byte[]>> awaitRecords(
            String topic, Predicate<List<ConsumerRecord<byte[], byte[]>>> condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            while (!topics().contains(topic)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("Topic %s does not exist after %s".formatted(topic, limit));
                }
                pause();
            }
            consumer.assign(partitions(consumer, topic));
            consumer.seekToBeginning(consumer.assignment());
            while (!condition.test(seen)) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("The %d records of %s are not what was expected after %s"
                            .formatted(seen.size(), topic, limit));
                }
                consumer.poll(POLL).forEach(seen::add);
            }
        }
        return seen;
    }

    /** A product's topic, read and written as rows. Its schemas' ids travel as the registry's own serialisers write them. */
    public RowTopic rows(DataProduct product, Schemas schemas) {
        return new RowTopic(this, product, schemas);
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        "read_committed",
                        "enable.auto.commit",
                        "false",
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private static List<ConsumerRecord<byte[], byte[]>> readToEnd(
            KafkaConsumer<byte[], byte[]> consumer, String topic) {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        while (partitions.stream()
                .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            consumer.poll(POLL).forEach(records::add);
        }
        return records;
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    private static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException(cause);
    }
}
