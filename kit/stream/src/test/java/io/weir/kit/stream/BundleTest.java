package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

class BundleTest {

    private static final TopicPartition FIRST = new TopicPartition("in", 0);
    private static final TopicPartition SECOND = new TopicPartition("in", 1);

    @Test
    void shouldStandWhereItsFirstRecordDoes() {
        Map<TopicPartition, OffsetAndMetadata> next =
                Map.of(FIRST, new OffsetAndMetadata(90), SECOND, new OffsetAndMetadata(8));

        ConsumerRecords<byte[], byte[]> bundled = Bundle.bundled(
                new ConsumerRecords<>(Map.of(FIRST, records(FIRST, 20, 70), SECOND, records(SECOND, 7, 1)), next));

        assertThat(bundled.records(FIRST)).extracting(ConsumerRecord::offset).containsExactly(20L, 52L, 84L);
        assertThat(bundled.records(SECOND)).extracting(ConsumerRecord::offset).containsExactly(7L);
        assertThat(bundled.nextOffsets()).isEqualTo(next);
    }

    @Test
    void shouldHandOverEachRecordAsIfItHadComeByItself() {
        List<String> seen = new ArrayList<>();
        class Seeing extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
            @Override
            public void process(Record<byte[], byte[]> record) {
                seen.add("%s %d %d %s"
                        .formatted(
                                new String(record.key(), UTF_8),
                                record.timestamp(),
                                context().recordMetadata().orElseThrow().offset(),
                                new String(record.headers().lastHeader("h").value(), UTF_8)));
            }
        }
        List<String> counted = new ArrayList<>();
        Topology topology = new Topology()
                .addSource("in", new ByteArrayDeserializer(), new ByteArrayDeserializer(), "in")
                .addProcessor("in-in", () -> new Arrival<>(() -> counted.add("one"), new ByteArrayDeserializer()), "in")
                .addProcessor("seeing", Seeing::new, "in-in");
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "bundle-test");
        ConsumerRecord<byte[], byte[]> bundle = Bundle.bundled(
                        new ConsumerRecords<>(Map.of(FIRST, records(FIRST, 20, 2)), Map.of()))
                .records(FIRST)
                .getFirst();
        try (TopologyTestDriver driver = new TopologyTestDriver(topology, properties)) {
            driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer())
                    .pipeInput(new TestRecord<>(bundle.key(), bundle.value(), bundle.headers(), bundle.timestamp()));
        }

        assertThat(seen).containsExactly("key 20 1020 20 header 20", "key 21 1021 21 header 21");
        assertThat(counted).hasSize(2);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(TopicPartition partition, long from, int number) {
        return IntStream.range(0, number)
                .mapToObj(i -> {
                    byte[] key = ("key " + (from + i)).getBytes(UTF_8);
                    RecordHeaders headers = new RecordHeaders();
                    headers.add("h", ("header " + (from + i)).getBytes(UTF_8));
                    return new ConsumerRecord<>(
                            partition.topic(),
                            partition.partition(),
                            from + i,
                            1_000 + from + i,
                            TimestampType.CREATE_TIME,
                            key.length,
                            key.length,
                            key,
                            key,
                            headers,
                            Optional.empty());
                })
                .toList();
    }
}
