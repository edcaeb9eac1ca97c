package io.weir.kit.stream;

import static io.weir.kit.stream.Topics.get;

import io.weir.kit.contract.DataProduct;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.utils.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * The steps by which a new generation of a stage takes over the product's topic from the one that serves.
 *
 * <p>The new one writes to a compacted topic of its own, {@link #stagedTopic}. When it has passed the place where the other stopped, what differs is written to the
 * product's topic: rows that are new or changed, tombstones for those that are gone. A row that is the same is not written, so whoever reads the topic
 * sees each difference once. It can be begun again at any point.
 */
final class Switchover implements AutoCloseable {

    /** Rows behind: less than a second's work. */
    private static final long NEAR = 10_000;

    private static final int ROWS_PER_TRANSACTION = 5_000;
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> clients;
    private final Admin admin;
    private final Path stateDirectory;
    private final MessageDigest sha;

    Switchover(StageSettings settings) {
        clients = new HashMap<>(settings.kafka());
        clients.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        clients.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        Map<String, Object> ofAdmin = new HashMap<>(clients);
        ofAdmin.keySet().retainAll(AdminClientConfig.configNames());
        admin = Admin.create(ofAdmin);
        stateDirectory = settings.stateDirectory();
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Where a generation writes before it serves. */
    static String stagedTopic(String applicationId) {
        return applicationId + "-staged";
    }

    // ---- how far the new generation is

    /** Records that the application has not taken in yet, of its inputs and of what it repartitions. */
    long behind(String application, Collection<String> inputs) {
        Map<TopicPartition, Long> committed = committed(application);
        long behind = 0;
        for (Map.Entry<TopicPartition, Long> end :
                ends(topics(application, inputs)).entrySet()) {
            behind += Math.max(0, end.getValue() - committed.getOrDefault(end.getKey(), 0L));
        }
        return behind;
    }

    static boolean isNear(long behind) {
        return behind <= NEAR;
    }

    /** Where the application stands. */
    Map<TopicPartition, Long> committed(String application) {
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = get(admin.listConsumerGroupOffsets(
                            Map.of(application, new ListConsumerGroupOffsetsSpec()),
                            new ListConsumerGroupOffsetsOptions().requireStable(true))
                    .partitionsToOffsetAndMetadata(application));
            Map<TopicPartition, Long> committed = new HashMap<>();
            offsets.forEach((partition, offset) -> {
                if (offset != null) {
                    committed.put(partition, offset.offset());
                }
            });
            return committed;
        } catch (GroupIdNotFoundException never) {
            return Map.of();
        }
    }

    /** Ends of what the application repartitions: what stands before them has still to reach its output. */
    Map<TopicPartition, Long> repartitionEnds(String application) {
        return ends(topics(application, List.of()));
    }

    int repartitionTopics(String application) {
        return topics(application, List.of()).size();
    }

    private Set<String> topics(String application, Collection<String> inputs) {
        Set<String> topics = new HashSet<>(inputs);
        get(admin.listTopics().names()).stream()
                .filter(topic -> PlanLedger.isInternal(topic, application) && topic.endsWith("-repartition"))
                .forEach(topics::add);
        return topics;
    }

    private Map<TopicPartition, Long> ends(Collection<String> topics) {
        try (var consumer = consumer()) {
            return consumer.endOffsets(partitions(consumer, topics));
        }
    }

    /** Whether the application has taken in every record before these places. */
    boolean hasPassed(String application, Map<TopicPartition, Long> places) {
        Map<TopicPartition, Long> committed = committed(application);
        try (var consumer = consumer()) {
            for (Map.Entry<TopicPartition, Long> place : places.entrySet()) {
                Long at = committed.get(place.getKey());
                if ((at == null || at < place.getValue())
                        && hasRecords(consumer, place.getKey(), at, place.getValue())) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Between two places there may be nothing but marks of transactions, which nobody commits past. */
    private static boolean hasRecords(
            KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, @Nullable Long from, long to) {
        consumer.assign(List.of(partition));
        if (from == null) {
            consumer.seekToBeginning(List.of(partition));
        } else {
            consumer.seek(partition, from);
        }
        while (consumer.position(partition) < to) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < to) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether no process runs the application any more, so that nothing can come from it. */
    boolean hasStopped(String application) {
        return get(admin.listGroups().all()).stream()
                .filter(group -> group.groupId().equals(application))
                .allMatch(group -> group.groupState()
                        .filter(state -> state == GroupState.EMPTY || state == GroupState.DEAD)
                        .isPresent());
    }

    // ---- the difference

    /** Whether no transaction is open on the topics: all that was written can be read. */
    boolean isSettled(Collection<String> topics) {
        Map<String, Object> uncommitted = new HashMap<>(clients);
        uncommitted.put(
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                IsolationLevel.READ_UNCOMMITTED.toString().toLowerCase(Locale.ROOT));
        try (var all = new KafkaConsumer<>(uncommitted, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return all.endOffsets(partitions(all, topics)).equals(ends(topics));
        }
    }

    /** What a key held when it was read. */
    private record Held(long high, long low, long offset) {
        boolean isSame(Held other) {
            return high == other.high && low == other.low;
        }
    }

    /** Writes the rows in which the staged topic differs from the product's; returns how many. */
    long write(KafkaProducer<byte[], byte[]> producer, DataProduct product, String staged, StageId stage, Clock clock) {
        String topic = product.name().topic();
        long written = 0;
        for (int partition = 0; partition < product.partitions(); partition++) {
            Map<Bytes, Held> before = held(new TopicPartition(topic, partition));
            Map<Bytes, Held> after = held(new TopicPartition(staged, partition));
            for (Bytes gone : before.keySet()) {
                if (!after.containsKey(gone)) {
                    send(
                            producer,
                            new ProducerRecord<>(topic, partition, null, gone.get(), null, tombstone(stage, clock)),
                            ++written);
                }
            }
            Set<Long> wanted = new HashSet<>();
            after.forEach((key, held) -> {
                Held old = before.get(key);
                if (old == null || !old.isSame(held)) {
                    wanted.add(held.offset());
                }
            });
            long[] sent = {written};
            int to = partition;
            read(new TopicPartition(staged, partition), record -> {
                if (wanted.contains(record.offset())) {
                    send(
                            producer,
                            new ProducerRecord<>(topic, to, null, record.key(), record.value(), record.headers()),
                            ++sent[0]);
                }
            });
            written = sent[0];
        }
        return written;
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record, long count) {
        // A failure shows at the commit.
        var unawaited = producer.send(record);
        if (count % ROWS_PER_TRANSACTION == 0) {
            producer.commitTransaction();
            producer.beginTransaction();
        }
    }

    private static RecordHeaders tombstone(StageId stage, Clock clock) {
        RecordHeaders headers = new RecordHeaders();
        new ChangeHeaders(null, "weir:rebuild", stage.toString(), clock.millis(), null).write(headers);
        return headers;
    }

    /** The keys that have a row, each with what tells it from another. */
    private Map<Bytes, Held> held(TopicPartition partition) {
        Map<Bytes, Held> held = new HashMap<>();
        read(partition, record -> {
            Bytes key = Bytes.wrap(record.key());
            if (record.value() == null) {
                held.remove(key);
            } else {
                held.put(key, of(record));
            }
        });
        return held;
    }

    /** The value and the id of its schema: bytes alone could mean another row. */
    private Held of(ConsumerRecord<byte[], byte[]> record) {
        sha.update(record.value());
        var schema = record.headers().lastHeader("apicurio.value.contentId");
        if (schema != null) {
            sha.update(schema.value());
        }
        ByteBuffer digest = ByteBuffer.wrap(sha.digest());
        return new Held(digest.getLong(), digest.getLong(), record.offset());
    }

    private void read(TopicPartition partition, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (var consumer = consumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            while (consumer.position(partition) < end) {
                consumer.poll(POLL).forEach(each);
            }
        }
    }

    // ---- what is left over

    /** Deletes what the generations before this one left: internal topics, groups, state on disk. */
    void forgetBefore(String stage, int generation) {
        Set<String> applications = new HashSet<>();
        for (int i = 0; i < generation; i++) {
            applications.add(PlanLedger.applicationId(stage, i));
        }
        String serving = PlanLedger.applicationId(stage, generation);
        List<String> topics = get(admin.listTopics().names()).stream()
                .filter(topic -> topic.equals(stagedTopic(serving))
                        || applications.stream()
                                .anyMatch(application -> PlanLedger.isInternal(topic, application)
                                        && (topic.endsWith("-changelog")
                                                || topic.endsWith("-repartition")
                                                || topic.endsWith("-staged"))))
                .toList();
        if (!topics.isEmpty()) {
            get(admin.deleteTopics(topics).all());
        }
        List<String> groups = get(admin.listGroups().all()).stream()
                .map(group -> group.groupId())
                .filter(applications::contains)
                .toList();
        applications.forEach(application -> delete(stateDirectory.resolve(application)));
        if (!groups.isEmpty()) {
            get(admin.deleteStreamsGroups(groups).all());
        }
    }

    private static void delete(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new KafkaException("%s cannot be deleted".formatted(folder), e);
        }
    }

    private static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, Collection<String> topics) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        return partitions;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(clients, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @Override
    public void close() {
        admin.close(Duration.ofSeconds(5));
    }
}
