package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.contract.Incident.Event;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.Verdict;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows what was judged, by reading {@link MeshTopics#VERDICTS} and {@link MeshTopics#INCIDENTS} from their beginning; any process of the service can answer.
 *
 * <p>Keeps the last {@value #VERDICTS_OF_A_RULE} verdicts of each promise and the last {@value #INCIDENTS} incidents in memory. Thread-safe.
 */
@Singleton
public class IncidentLog {

    /** An incident as it is now, and the offset of its opening, by which pages are cut. */
    record Known(long opening, Incident incident) {}

    private static final Logger LOG = LoggerFactory.getLogger(IncidentLog.class);
    private static final int VERDICTS_OF_A_RULE = 100;
    private static final int INCIDENTS = 2_000;
    private static final Duration POLL = Duration.ofMillis(500);

    private final ContractConfig config;
    private final MultiGauge broken;
    private final Map<String, Deque<Verdict>> verdicts = new TreeMap<>();
    private final Map<String, Known> incidents = new LinkedHashMap<>();
    private final Thread thread =
            Thread.ofPlatform().name("incident-log").daemon().unstarted(this::keepFollowing);
    private String version = "";
    private volatile boolean closed;
    private volatile @Nullable KafkaConsumer<?, ?> consumer;

    IncidentLog(ContractConfig config, MeterRegistry meters) {
        this.config = config;
        this.broken = MultiGauge.builder("weir.promises.broken")
                .description("Promises of the product's contract that do not hold just now")
                .register(meters);
        Gauge.builder("weir.incidents.open", this::open)
                .description("Incidents that are not resolved")
                .register(meters);
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

    /** Changes whenever something was read. */
    synchronized String version() {
        return version;
    }

    /** The last verdict on every promise, by product and rule. */
    synchronized List<Verdict> verdicts() {
        return verdicts.values().stream().map(Deque::getLast).toList();
    }

    /** The verdicts on one promise, oldest first; none where there is no such promise. */
    synchronized List<Verdict> history(String product, String rule) {
        Deque<Verdict> known = verdicts.get(product + "#" + rule);
        return known == null ? List.of() : List.copyOf(known);
    }

    /** Newest first. */
    synchronized List<Known> incidents() {
        return new ArrayList<>(incidents.values()).reversed();
    }

    synchronized Optional<Incident> incident(String id) {
        return Optional.ofNullable(incidents.get(id)).map(Known::incident);
    }

    /** Counts by product and severity; a product is there from its first verdict on. */
    private void count() {
        Map<Tags, Long> counts = verdicts.values().stream()
                .map(Deque::getLast)
                .collect(Collectors.groupingBy(
                        verdict -> Tags.of("topic", verdict.product(), "severity", verdict.severity()),
                        Collectors.summingLong(verdict -> verdict.state() == Verdict.State.BROKEN ? 1 : 0)));
        broken.register(
                counts.entrySet().stream()
                        .<Row<?>>map(one -> Row.of(one.getKey(), one.getValue()))
                        .toList(),
                true);
    }

    private synchronized long open() {
        return incidents.values().stream()
                .filter(known -> known.incident().event() != Event.RESOLVED)
                .count();
    }

    private void keepFollowing() {
        while (!closed) {
            try {
                follow();
            } catch (KafkaException away) {
                if (!closed) {
                    LOG.atWarn().addKeyValue("reason", away.getMessage()).log("incidents cannot be read; trying again");
                    pause();
                }
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
        try (var following =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer = following;
            List<TopicPartition> partitions = List.of();
            while (!closed && partitions.isEmpty()) {
                partitions = partitions(following);
                if (partitions.isEmpty()) {
                    pause();
                }
            }
            forget();
            following.assign(partitions);
            following.seekToBeginning(partitions);
            while (!closed) {
                var records = following.poll(POLL);
                if (!records.isEmpty()) {
                    take(records);
                }
            }
        } catch (WakeupException stopped) {
            // By stop(), which has said so.
        } finally {
            consumer = null;
        }
    }

    /** Both topics' partitions; none until both are there. */
    private static List<TopicPartition> partitions(KafkaConsumer<?, ?> consumer) {
        Map<String, List<PartitionInfo>> topics = consumer.listTopics();
        if (!topics.containsKey(MeshTopics.VERDICTS) || !topics.containsKey(MeshTopics.INCIDENTS)) {
            return List.of();
        }
        return List.of(new TopicPartition(MeshTopics.VERDICTS, 0), new TopicPartition(MeshTopics.INCIDENTS, 0));
    }

    private synchronized void forget() {
        verdicts.clear();
        incidents.clear();
        version = UUID.randomUUID().toString();
    }

    private synchronized void take(Iterable<ConsumerRecord<byte[], byte[]>> records) {
        records.forEach(this::take);
        count();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        version = version.split("-", -1)[0] + "-" + record.topic().hashCode() + "-" + record.offset();
        if (record.topic().equals(MeshTopics.INCIDENTS)) {
            MeshJson.read(record.value(), Incident.class).ifPresent(incident -> {
                Known before = incidents.get(incident.id());
                incidents.put(incident.id(), new Known(before == null ? record.offset() : before.opening(), incident));
                if (incidents.size() > INCIDENTS) {
                    incidents.remove(incidents.keySet().iterator().next());
                }
            });
        } else if (record.value() == null) {
            verdicts.remove(new String(record.key(), UTF_8));
        } else {
            MeshJson.read(record.value(), Verdict.class).ifPresent(verdict -> {
                Deque<Verdict> known = verdicts.computeIfAbsent(verdict.key(), _ -> new ArrayDeque<>());
                known.addLast(verdict);
                if (known.size() > VERDICTS_OF_A_RULE) {
                    known.removeFirst();
                }
            });
        }
    }

    private void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException stopped) {
            closed = true;
        }
    }
}
