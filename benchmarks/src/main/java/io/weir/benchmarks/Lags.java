package io.weir.benchmarks;

import io.weir.kit.stream.PlanLedger;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;

/**
 * What Kafka itself says of each stage: records that are committed in its inputs and repartition topics, and records that the stage has committed to have read.
 *
 * <p>Transaction markers count as records in a log: a stage that has read all shows a few records of lag.
 */
final class Lags implements AutoCloseable {

    /** @param end records ever in the stage's inputs; {@code read} of those that it has read */
    record Lag(long end, long read) {
        long records() {
            return Math.max(0, end - read);
        }
    }

    private final Admin admin;
    private final PlanLedger plans;

    /** Stage by group: a stage that was rebuilt reads as another group than one that never was. Nothing is rebuilt while it is measured. */
    private final Map<String, String> stageOf = new HashMap<>();

    Lags(String kafka) {
        admin = Admin.create(Map.of("bootstrap.servers", kafka));
        plans = new PlanLedger(kafka, Map.of());
    }

    /** By stage. */
    Map<String, Lag> of(Set<String> stages) {
        try {
            for (String stage : stages) {
                if (!stageOf.containsValue(stage)) {
                    stageOf.put(plans.serving(stage), stage);
                }
            }
            Map<String, ListConsumerGroupOffsetsSpec> asked = new HashMap<>();
            stageOf.forEach((group, stage) -> {
                if (stages.contains(stage)) {
                    asked.put(group, new ListConsumerGroupOffsetsSpec());
                }
            });
            Map<String, Map<TopicPartition, OffsetAndMetadata>> committed =
                    admin.listConsumerGroupOffsets(asked).all().get();
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            committed
                    .values()
                    .forEach(offsets -> offsets.forEach((partition, offset) -> {
                        if (offset != null) {
                            wanted.put(partition, OffsetSpec.latest());
                        }
                    }));
            Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(
                            wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                    .all()
                    .get();
            Map<String, Lag> lags = new TreeMap<>();
            committed.forEach((group, offsets) -> {
                long end = 0;
                long read = 0;
                for (Map.Entry<TopicPartition, OffsetAndMetadata> offset : offsets.entrySet()) {
                    ListOffsetsResultInfo last = ends.get(offset.getKey());
                    if (last != null && offset.getValue() != null) {
                        end += last.offset();
                        read += offset.getValue().offset();
                    }
                }
                lags.put(stageOf.getOrDefault(group, group), new Lag(end, read));
            });
            return lags;
        } catch (ExecutionException failed) {
            throw new KafkaException("Kafka does not answer: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", interrupted);
        }
    }

    /** Records in all topics whose names begin so. */
    long records(String prefix) {
        try {
            List<String> topics = admin.listTopics().names().get().stream()
                    .filter(name -> name.startsWith(prefix))
                    .toList();
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            admin.describeTopics(topics).allTopicNames().get().forEach((name, topic) -> topic.partitions()
                    .forEach(partition ->
                            wanted.put(new TopicPartition(name, partition.partition()), OffsetSpec.latest())));
            return admin.listOffsets(wanted).all().get().values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException failed) {
            throw new KafkaException("Kafka does not answer: " + failed.getCause(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        admin.close();
    }
}
