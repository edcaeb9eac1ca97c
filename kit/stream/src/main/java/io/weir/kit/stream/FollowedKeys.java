package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows topics and keeps their keys, without their values, on disk beside the place up to which they were read: both are written at once, so a restart goes on from
 * there.
 *
 * <p>No global store of Kafka Streams, for a topology reads a topic only once, and a stage may well have as its input what its rows refer to.
 */
final class FollowedKeys implements ReferenceKeys, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FollowedKeys.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final byte[] STANDS = {};
    private static final String PLACE = "\u0001";
    private static final long WRITE_BUFFER_BYTES = 2L << 20;

    private final StageSettings settings;
    private final Clock clock;
    private final Set<String> topics;
    private final Map<String, Long> knownUntilMs = new ConcurrentHashMap<>();
    private final Options options = new Options().setCreateIfMissing(true).setWriteBufferSize(WRITE_BUFFER_BYTES);
    private final WriteOptions unlogged = new WriteOptions().setDisableWAL(true);
    private final RocksDB keys;
    private final Thread thread =
            Thread.ofPlatform().name("reference-keys").daemon().unstarted(this::keepFollowing);
    private volatile boolean closed;

    /** Opens the store and follows at once. */
    FollowedKeys(StageSettings settings, Clock clock, Set<String> topics) {
        this.settings = settings;
        this.clock = clock;
        this.topics = Set.copyOf(topics);
        Path folder = settings.stateDirectory().resolve("reference-keys");
        try {
            Files.createDirectories(folder);
            this.keys = RocksDB.open(options, folder.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (RocksDBException e) {
            throw new IllegalStateException("the keys of what is referred to cannot be kept in " + folder, e);
        }
        thread.start();
    }

    @Override
    public boolean holds(String topic, byte[] key) {
        try {
            return keys.get(stored(topic, key)) != null;
        } catch (RocksDBException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public long knownUntilMs(String topic) {
        return knownUntilMs.getOrDefault(topic, 0L);
    }

    private static byte[] stored(String topic, byte[] key) {
        byte[] name = topic.getBytes(UTF_8);
        return ByteBuffer.allocate(name.length + 1 + key.length)
                .put(name)
                .put((byte) 0)
                .put(key)
                .array();
    }

    private void keepFollowing() {
        while (!closed) {
            try {
                follow();
            } catch (KafkaException | RocksDBException away) {
                if (closed) {
                    return;
                }
                knownUntilMs.clear();
                LOG.atWarn()
                        .addKeyValue("reason", away.getMessage())
                        .log("what rows refer to cannot be followed; trying again");
                pause();
            }
        }
    }

    private void follow() throws RocksDBException {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.keySet().retainAll(ConsumerConfig.configNames());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, 256 * 1024);
        properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 1024 * 1024);
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = Map.of();
            long endsAtMs = 0;
            long lookAtMs = 0;
            while (!closed) {
                if (clock.millis() >= lookAtMs) {
                    lookAtMs = clock.millis() + AGAIN.toMillis();
                    if (!assign(consumer)) {
                        ends = Map.of();
                    }
                }
                if (consumer.assignment().isEmpty()) {
                    pause();
                    continue;
                }
                try {
                    take(consumer, consumer.poll(POLL));
                } catch (OffsetOutOfRangeException other) {
                    // The topic was made anew: what was known of it is of another.
                    forget(consumer, other.partitions());
                    continue;
                }
                if (ends.isEmpty()) {
                    endsAtMs = clock.millis();
                    ends = consumer.endOffsets(consumer.assignment(), ANSWER);
                }
                if (ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                    for (TopicPartition partition : ends.keySet()) {
                        knownUntilMs.put(partition.topic(), endsAtMs);
                    }
                    ends = Map.of();
                }
            }
        }
    }

    /** Whether there was nothing new to follow. */
    private boolean assign(KafkaConsumer<byte[], byte[]> consumer) throws RocksDBException {
        Set<String> followed = new HashSet<>();
        consumer.assignment().forEach(partition -> followed.add(partition.topic()));
        if (followed.containsAll(topics)) {
            return true;
        }
        List<TopicPartition> all = new ArrayList<>(consumer.assignment());
        List<TopicPartition> fresh = new ArrayList<>();
        Map<String, List<PartitionInfo>> existing = consumer.listTopics(ANSWER);
        for (String topic : topics) {
            if (!followed.contains(topic)) {
                existing.getOrDefault(topic, List.of())
                        .forEach(info -> fresh.add(new TopicPartition(topic, info.partition())));
            }
        }
        if (fresh.isEmpty()) {
            return true;
        }
        all.addAll(fresh);
        consumer.assign(all);
        for (TopicPartition partition : fresh) {
            byte[] place = keys.get(place(partition));
            if (place == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, ByteBuffer.wrap(place).getLong());
            }
        }
        return false;
    }

    private void take(KafkaConsumer<byte[], byte[]> consumer, ConsumerRecords<byte[], byte[]> records)
            throws RocksDBException {
        if (records.isEmpty()) {
            return;
        }
        try (WriteBatch batch = new WriteBatch()) {
            for (ConsumerRecord<byte[], byte[]> record : records) {
                byte @Nullable [] key = record.key();
                if (key != null && record.value() == null) {
                    batch.delete(stored(record.topic(), key));
                } else if (key != null) {
                    batch.put(stored(record.topic(), key), STANDS);
                }
            }
            for (TopicPartition partition : records.partitions()) {
                batch.put(
                        place(partition),
                        ByteBuffer.allocate(Long.BYTES)
                                .putLong(consumer.position(partition))
                                .array());
            }
            keys.write(unlogged, batch);
        }
    }

    private void forget(KafkaConsumer<byte[], byte[]> consumer, Set<TopicPartition> partitions)
            throws RocksDBException {
        Set<TopicPartition> all = new HashSet<>();
        for (TopicPartition partition : partitions) {
            String topic = partition.topic();
            knownUntilMs.remove(topic);
            byte[] first = stored(topic, new byte[0]);
            byte[] last = first.clone();
            last[last.length - 1] = 1;
            keys.deleteRange(first, last);
            consumer.assignment().stream()
                    .filter(one -> one.topic().equals(topic))
                    .forEach(all::add);
        }
        for (TopicPartition partition : all) {
            keys.delete(place(partition));
        }
        consumer.seekToBeginning(all);
    }

    private static byte[] place(TopicPartition partition) {
        return (PLACE + partition).getBytes(UTF_8);
    }

    private static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody may ask any more. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            if (!thread.join(AGAIN)) {
                return; // The store is left open rather than closed under a thread that writes to it.
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        keys.close();
        options.close();
        unlogged.close();
    }
}
