package io.weir.cli.verify;

import io.weir.cli.mesh.Stages;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.PlanLedger;
import io.weir.kit.stream.StageStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until nothing moves: the paused stages have stopped, and every other stage has written all that follows from what they wrote.
 *
 * <p>A stage has read everything if a reader of committed records finds none from the group's committed offset to the end of each of its topics:
 * the difference of the offsets alone says nothing, as the ends of transactions count as well. All is at rest if that holds for all stages twice
 * in a row, with the same ends.
 */
final class Drain {

    private static final Duration BETWEEN = Duration.ofMillis(300);
    private static final Duration SCAN_LIMIT = Duration.ofSeconds(5);

    private final String kafka;
    private final String paused;
    private final Admin admin;
    private final KafkaConsumer<byte[], byte[]> scanner;
    private final PlanLedger plans;

    /** By stage: one that was rebuilt is another application than it was at first. */
    private final Map<String, String> applications = new HashMap<>();

    Drain(String kafka, String paused, Admin admin) {
        this.kafka = kafka;
        this.paused = paused;
        this.admin = admin;
        this.plans = new PlanLedger(kafka, Map.of());
        this.scanner = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        1),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Empty when all is at rest; otherwise what still moves at the end of {@code limit}, for a person. */
    Optional<String> await(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Map<TopicPartition, Long> lastEnds = Map.of();
        String why = "nothing was looked at";
        try (scanner) {
            while (System.nanoTime() < deadline) {
                List<StageStatus> stages = Stages.read(kafka, Duration.ofSeconds(10));
                Optional<String> running = stillRunning(stages);
                if (running.isPresent()) {
                    why = running.get();
                    lastEnds = Map.of();
                } else {
                    Map<TopicPartition, Long> ends = new HashMap<>();
                    Optional<String> behind = behind(stages, ends);
                    if (behind.isEmpty() && ends.equals(lastEnds)) {
                        return Optional.empty();
                    }
                    why = behind.orElse("records are still being written");
                    lastEnds = behind.isEmpty() ? ends : Map.of();
                }
                Thread.sleep(BETWEEN);
            }
        }
        return Optional.of(why);
    }

    private Optional<String> stillRunning(List<StageStatus> stages) {
        long now = System.currentTimeMillis();
        for (StageStatus stage : stages) {
            if (stage.service().equals(paused)
                    && !Stages.isStale(stage, now)
                    && stage.state() != StageStatus.State.PAUSED
                    && stage.state() != StageStatus.State.STOPPED) {
                return Optional.of("%s is not paused yet, but %s%s"
                        .formatted(stage.stage(), stage.state(), stage.detail() == null ? "" : ": " + stage.detail()));
            }
        }
        return Optional.empty();
    }

    private Optional<String> behind(List<StageStatus> stages, Map<TopicPartition, Long> ends)
            throws InterruptedException {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        Set<String> existing = get(admin.listTopics().names());
        for (StageStatus stage : stages) {
            if (stage.service().equals(paused)) {
                continue;
            }
            String application = applications.computeIfAbsent(
                    stage.stage(), name -> existing.contains(MeshTopics.PLANS) ? plans.serving(name) : name);
            List<String> topics = new ArrayList<>(stage.inputs());
            existing.stream()
                    .filter(topic -> PlanLedger.isInternal(topic, application) && topic.endsWith("-repartition"))
                    .forEach(topics::add);
            topics.retainAll(existing);
            groups.put(application, topics);
        }
        Set<String> topics = new java.util.HashSet<>();
        groups.values().forEach(topics::addAll);
        List<TopicPartition> partitions = new ArrayList<>();
        for (TopicDescription topic :
                get(admin.describeTopics(topics).allTopicNames()).values()) {
            topic.partitions().forEach(info -> partitions.add(new TopicPartition(topic.name(), info.partition())));
        }
        ends.putAll(offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_UNCOMMITTED));
        Map<TopicPartition, Long> stable = offsets(partitions, OffsetSpec.latest(), IsolationLevel.READ_COMMITTED);
        Map<TopicPartition, Long> begins = offsets(partitions, OffsetSpec.earliest(), IsolationLevel.READ_UNCOMMITTED);
        for (TopicPartition partition : partitions) {
            if (at(stable, partition) < at(ends, partition)) {
                return Optional.of("a transaction on %s is not committed yet".formatted(partition));
            }
        }
        Map<String, Map<TopicPartition, OffsetAndMetadata>> committed = committed(groups.keySet());
        for (Map.Entry<String, List<String>> group : groups.entrySet()) {
            Map<TopicPartition, Long> gaps = new HashMap<>();
            Map<TopicPartition, OffsetAndMetadata> read = committed.getOrDefault(group.getKey(), Map.of());
            for (TopicPartition partition : partitions) {
                if (!group.getValue().contains(partition.topic())) {
                    continue;
                }
                OffsetAndMetadata offset = read.get(partition);
                long from = Math.max(offset == null ? 0 : offset.offset(), at(begins, partition));
                if (from < at(ends, partition)) {
                    gaps.put(partition, from);
                }
            }
            Optional<TopicPartition> unread = firstWithRecords(gaps, ends);
            if (unread.isPresent()) {
                return Optional.of("%s has not read all of %s".formatted(group.getKey(), unread.get()));
            }
        }
        return Optional.empty();
    }

    /** The first of these partitions that holds a committed record from the given offset on. */
    private Optional<TopicPartition> firstWithRecords(Map<TopicPartition, Long> gaps, Map<TopicPartition, Long> ends) {
        if (gaps.isEmpty()) {
            return Optional.empty();
        }
        scanner.assign(gaps.keySet());
        gaps.forEach(scanner::seek);
        long deadline = System.nanoTime() + SCAN_LIMIT.toNanos();
        while (true) {
            var records = scanner.poll(Duration.ofMillis(100));
            if (!records.isEmpty()) {
                return Optional.of(records.partitions().iterator().next());
            }
            Optional<TopicPartition> notThere = gaps.keySet().stream()
                    .filter(partition -> scanner.position(partition) < at(ends, partition))
                    .findFirst();
            if (notThere.isEmpty() || System.nanoTime() > deadline) {
                return notThere;
            }
        }
    }

    private Map<String, Map<TopicPartition, OffsetAndMetadata>> committed(Set<String> groups)
            throws InterruptedException {
        Map<String, Map<TopicPartition, OffsetAndMetadata>> all = new HashMap<>();
        for (String group : groups) {
            // One at a time: a group that is not there yet must not hide the others.
            try {
                all.putAll(get(admin.listConsumerGroupOffsets(
                                Map.of(group, new ListConsumerGroupOffsetsSpec()),
                                new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .all()));
            } catch (KafkaException none) {
                all.put(group, Map.of());
            }
        }
        return all;
    }

    private Map<TopicPartition, Long> offsets(
            List<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found : get(admin.listOffsets(
                                wanted, new ListOffsetsOptions(isolation))
                        .all())
                .entrySet()) {
            offsets.put(found.getKey(), found.getValue().offset());
        }
        return offsets;
    }

    private static long at(Map<TopicPartition, Long> offsets, TopicPartition partition) {
        return offsets.getOrDefault(partition, 0L);
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> answer) throws InterruptedException {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            @Nullable Throwable cause = e.getCause();
            throw new KafkaException(cause == null ? e.getMessage() : cause.getMessage(), e);
        }
    }
}
