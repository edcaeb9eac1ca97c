package io.weir.cli.verify;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Relationship;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Topics read as tables: committed records only, the latest of each key. Each product is read once and kept. */
final class TopicTables implements AutoCloseable {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    /** What is kept of a record: its headers would hold all that was fetched with it. */
    private record Written(byte[] value, Schema schema) {}

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Schemas schemas;
    private final Map<DataProduct, Table> tables = new HashMap<>();
    private final Map<DataProduct, Map<ByteBuffer, Long>> writtenAt = new HashMap<>();

    TopicTables(String kafka, Schemas schemas) {
        this.schemas = schemas;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        5000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** The product's topic as a table; empty where the topic does not exist. */
    Table of(DataProduct product) {
        Table known = tables.get(product);
        return known != null ? known : read(product);
    }

    private Table read(DataProduct product) {
        RowCodec codec = RowCodec.ofValue(product);
        Map<ByteBuffer, Written> latest = new LinkedHashMap<>();
        Map<ByteBuffer, Long> times = new HashMap<>();
        read(product.name().topic(), record -> {
            if (record.key() == null) {
                return;
            }
            ByteBuffer key = ByteBuffer.wrap(record.key());
            times.put(key, record.timestamp());
            if (record.value() == null) {
                latest.remove(key);
            } else {
                Schema schema =
                        SchemaHeaders.valueSchema(record.headers(), schemas).orElse(codec.schema());
                latest.put(key, new Written(record.value(), schema));
            }
        });
        List<@Nullable Object[]> rows = new ArrayList<>(latest.size());
        for (Written written : latest.values()) {
            rows.add(codec.decode(written.value(), written.schema()));
        }
        Table table = Table.of(product.rowType(), product.key(), rows);
        tables.put(product, table);
        writtenAt.put(product, times);
        return table;
    }

    /**
     * Keys that are in quarantine now for a reason that the row itself does not tell: an expression that failed, bytes that could not be read, a row of another product
     * that it names and that is missing. Later than what stands under the key in the product's topic.
     */
    Set<List<Object>> quarantined(DataProduct product) {
        of(product);
        Map<ByteBuffer, Long> times = writtenAt.getOrDefault(product, Map.of());
        RowCodec codec = RowCodec.ofKey(product);
        List<Integer> positions = java.util.stream.IntStream.range(
                        0, product.keyType().size())
                .boxed()
                .toList();
        Set<List<Object>> keys = new HashSet<>();
        read(product.name().quarantineTopic(), record -> {
            if (record.key() == null || tells(record)) {
                return;
            }
            Long written = times.get(ByteBuffer.wrap(record.key()));
            if (written == null || written <= record.timestamp()) {
                try {
                    List<Object> key = Table.keyOf(codec.decode(record.key()), positions);
                    if (!key.isEmpty()) {
                        keys.add(key);
                    }
                } catch (RowCodecException notThisKey) {
                    // The key of an input, of another form than this product's.
                }
            }
        });
        return keys;
    }

    /** Whether rows came too late for their windows of event time. */
    boolean hasLate(DataProduct product) {
        boolean[] late = new boolean[1];
        read(product.name().quarantineTopic(), record -> late[0] |= reason(record) == ReasonCode.LATE);
        return late[0];
    }

    /** The keys of a product whose last outcome at a sync's destination was not that it was written. */
    Set<List<Object>> refused(DataProduct product, String outcomeTopic) {
        Map<ByteBuffer, String> last = new LinkedHashMap<>();
        read(outcomeTopic, record -> {
            if (record.key() != null && record.value() != null) {
                last.put(ByteBuffer.wrap(record.key()), new String(record.value(), StandardCharsets.UTF_8));
            }
        });
        RowCodec codec = RowCodec.ofKey(product);
        List<Integer> positions = java.util.stream.IntStream.range(
                        0, product.keyType().size())
                .boxed()
                .toList();
        Set<List<Object>> keys = new HashSet<>();
        last.forEach((key, outcome) -> {
            if (outcome.contains("\"refused\"") || outcome.contains("\"unreadable\"")) {
                byte[] bytes = new byte[key.remaining()];
                key.duplicate().get(bytes);
                keys.add(Table.keyOf(codec.decode(bytes), positions));
            }
        });
        return keys;
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> each) {
        List<TopicPartition> partitions = new ArrayList<>();
        List<PartitionInfo> found = consumer.listTopics().getOrDefault(topic, List.of());
        for (PartitionInfo info : found) {
            partitions.add(new TopicPartition(topic, info.partition()));
        }
        if (partitions.isEmpty()) {
            return;
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        long deadline = System.nanoTime() + SILENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            var records = consumer.poll(Duration.ofMillis(200));
            records.forEach(each);
            if (!records.isEmpty()) {
                deadline = System.nanoTime() + SILENCE.toNanos();
            } else if (System.nanoTime() > deadline) {
                throw new KafkaException("%s could not be read to its end: Kafka gives nothing more".formatted(topic));
            }
        }
    }

    /** Whether the rules, held against the row, tell that it is in quarantine. */
    private static boolean tells(ConsumerRecord<byte[], byte[]> record) {
        return reason(record) == ReasonCode.CONTRACT_VIOLATED
                && !Relationship.RULE.equals(text(record, QuarantineHeaders.RULE));
    }

    private static @Nullable ReasonCode reason(ConsumerRecord<byte[], byte[]> record) {
        try {
            String name = text(record, QuarantineHeaders.REASON);
            return name == null ? null : ReasonCode.valueOf(name);
        } catch (IllegalArgumentException newer) {
            return null;
        }
    }

    private static @Nullable String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        consumer.close();
    }
}
