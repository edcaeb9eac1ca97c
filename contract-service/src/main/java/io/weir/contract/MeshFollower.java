package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.StageStatus;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what the stages say about themselves and what lies in quarantine, by reading {@link MeshTopics#STAGES} and the quarantine topics from their beginning.
 *
 * <p>It is in no consumer group and commits nothing: each start reads anew. After Kafka was away it begins again.
 */
@Singleton
public class MeshFollower {

    /** Why rows are in quarantine. */
    record Cause(String reason, String rule, String field) implements Comparable<Cause> {
        @Override
        public int compareTo(Cause other) {
            return (reason + rule + field).compareTo(other.reason + other.rule + other.field);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(MeshFollower.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final long LOOK_FOR_TOPICS_NS = TimeUnit.SECONDS.toNanos(2);

    private final ContractConfig config;
    private final Set<String> quarantines = new HashSet<>();
    private final Map<String, StageStatus> stages = new ConcurrentSkipListMap<>();
    private final Map<String, Map<Cause, Long>> quarantined = new ConcurrentHashMap<>();
    private final Thread thread =
            Thread.ofPlatform().name("mesh-follower").daemon().unstarted(this::keepFollowing);
    private volatile String trouble = "not connected yet";
    private volatile boolean closed;
    private volatile @Nullable KafkaConsumer<?, ?> consumer;

    MeshFollower(ContractConfig config, ContractService contracts, MeterRegistry meters) {
        this.config = config;
        for (Quarantine quarantine : contracts.quarantines()) {
            quarantines.add(quarantine.rowsTopic());
            Gauge.builder("weir.quarantine.records", () -> count(quarantine.rowsTopic()))
                    .description("Rows in the quarantine topic of the product or sync")
                    .tag("topic", quarantine.topic())
                    .register(meters);
        }
        for (StageStatus.State state : StageStatus.State.values()) {
            Gauge.builder("weir.stages", () -> stages.values().stream()
                            .filter(stage -> stage.state() == state)
                            .count())
                    .description("Stages of the mesh by what they last said of themselves")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(meters);
        }
    }

    @Startup
    void start() {
        thread.start();
    }

    @Shutdown
    void stop() throws InterruptedException {
        closed = true;
        KafkaConsumer<?, ?> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        thread.join(Duration.ofSeconds(5));
    }

    /** Every stage's last word, by stage id. */
    List<StageStatus> stages() {
        return List.copyOf(stages.values());
    }

    /** Whether the stage that writes a topic runs, going by what it said within {@code silent}; empty where none has spoken. */
    Optional<Boolean> runs(String topic, Duration silent) {
        long since = System.currentTimeMillis() - silent.toMillis();
        return stages.values().stream()
                .filter(stage -> topic.equals(stage.output()))
                .findFirst()
                .map(stage -> stage.state() == StageStatus.State.RUNNING && stage.updatedAtMs() >= since);
    }

    /** Rows in a quarantine topic by cause. */
    Map<Cause, Long> quarantined(String topic) {
        return new TreeMap<>(quarantined.getOrDefault(topic, Map.of()));
    }

    long count(String topic) {
        return quarantined.getOrDefault(topic, Map.of()).values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** Why Kafka cannot be read just now; empty when it can. */
    String trouble() {
        return trouble;
    }

    private void keepFollowing() {
        while (!closed) {
            try {
                follow();
            } catch (KafkaException away) {
                if (closed) {
                    return;
                }
                trouble = "Kafka cannot be read: " + away.getMessage();
                LOG.atWarn().addKeyValue("reason", away.getMessage()).log("the mesh cannot be followed; trying again");
                pause(AGAIN);
            }
        }
    }

    private void follow() {
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        try (var following =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = following;
            quarantined.clear();
            long lookAt = System.nanoTime();
            while (!closed) {
                if (System.nanoTime() - lookAt >= 0) {
                    assignWhatIsNew(following);
                    trouble = "";
                    lookAt = System.nanoTime() + LOOK_FOR_TOPICS_NS;
                }
                if (following.assignment().isEmpty()) {
                    pause(POLL);
                } else {
                    following.poll(POLL).forEach(this::take);
                }
            }
        } catch (WakeupException stopped) {
            // By stop(), which has said so.
        } finally {
            consumer = null;
        }
    }

    /** Topics come into being while we run; a partition that is known keeps its position. */
    private void assignWhatIsNew(KafkaConsumer<byte[], byte[]> consumer) {
        Set<TopicPartition> wanted = new HashSet<>();
        for (Map.Entry<String, List<PartitionInfo>> topic :
                consumer.listTopics().entrySet()) {
            if (topic.getKey().equals(MeshTopics.STAGES) || quarantines.contains(topic.getKey())) {
                topic.getValue().forEach(info -> wanted.add(new TopicPartition(info.topic(), info.partition())));
            }
        }
        Set<TopicPartition> known = consumer.assignment();
        if (!known.equals(wanted)) {
            List<TopicPartition> fresh = new ArrayList<>(wanted);
            fresh.removeAll(known);
            consumer.assign(wanted);
            consumer.seekToBeginning(fresh);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        if (quarantines.contains(record.topic())) {
            Cause cause = new Cause(
                    header(record, QuarantineHeaders.REASON),
                    header(record, QuarantineHeaders.RULE),
                    header(record, QuarantineHeaders.FIELD));
            quarantined
                    .computeIfAbsent(record.topic(), _ -> new ConcurrentHashMap<>())
                    .merge(cause, 1L, Long::sum);
        } else if (record.key() != null && record.value() != null) {
            MeshJson.read(record.value(), StageStatus.class)
                    .ifPresent(status -> stages.put(new String(record.key(), UTF_8), status));
        } else if (record.key() != null) {
            stages.remove(new String(record.key(), UTF_8));
        }
    }

    private void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }
}
