package io.weir.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.cli.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Follows the outcome topics of all syncs: for each row written back, the time from the commit in its source to the commit in its destination. */
final class WriteBacks implements AutoCloseable {

    private static final Pattern OUTCOMES = Pattern.compile("outcome\\..*");
    private static final Set<String> WRITTEN = Set.of("written", "deleted");

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Long> freshnessMs = new ArrayList<>();
    private final Thread thread =
            Thread.ofPlatform().name("write-backs").daemon().unstarted(this::follow);
    private volatile boolean closed;

    /** From now on. */
    WriteBacks(String kafka) {
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka, "isolation.level", "read_committed", "enable.auto.commit", "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = consumer.listTopics().entrySet().stream()
                .filter(topic -> OUTCOMES.matcher(topic.getKey()).matches())
                .flatMap(topic -> topic.getValue().stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        thread.start();
    }

    private void follow() {
        while (!closed) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                take(record);
            }
        }
        consumer.close();
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Header source = record.headers().lastHeader("weir-source-ts");
        if (source == null || record.value() == null) {
            return;
        }
        try {
            JsonNode outcome = Json.MAPPER.readTree(record.value());
            if (WRITTEN.contains(outcome.path("result").asText())) {
                long freshness = outcome.path("atMs").asLong() - Long.parseLong(new String(source.value(), UTF_8));
                synchronized (freshnessMs) {
                    freshnessMs.add(freshness);
                }
            }
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    /** Of the rows written back since the last call. */
    Percentiles take() {
        synchronized (freshnessMs) {
            Percentiles taken = Percentiles.of(freshnessMs);
            freshnessMs.clear();
            return taken;
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
