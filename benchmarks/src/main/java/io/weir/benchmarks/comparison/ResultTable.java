package io.weir.benchmarks.comparison;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * An output topic read as a table, as little of it as tells two apart.
 *
 * @param rows that are in the table now
 * @param fingerprint the sum of the rows' hashes; floating-point columns count with nine digits
 * @param records that were written to the topic
 */
record ResultTable(long rows, long fingerprint, long records) {

    boolean holdsTheSameAs(ResultTable other) {
        return rows == other.rows && fingerprint == other.fingerprint;
    }

    static ResultTable read(String bootstrapServers, DataProduct product) {
        RowCodec keys = RowCodec.ofKey(product);
        RowCodec values = RowCodec.ofValue(product);
        Map<Long, Long> table = new HashMap<>();
        long records = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        10_000,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, Workload.PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(product.name().topic(), partition))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    records++;
                    long key = hash(keys.decode(record.key()));
                    if (record.value() == null) {
                        table.remove(key);
                    } else {
                        table.put(key, hash(values.decode(record.value())));
                    }
                }
            }
        }
        return new ResultTable(
                table.size(), table.values().stream().mapToLong(Long::longValue).sum(), records);
    }

    private static long hash(@Nullable Object[] row) {
        long hash = 17;
        for (Object value : row) {
            hash = mixed(hash * 31 + hashOf(value));
        }
        return hash;
    }

    private static long hashOf(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Double number ->
                BigDecimal.valueOf(number)
                        .round(new MathContext(9))
                        .stripTrailingZeros()
                        .hashCode();
            case BigDecimal number -> number.stripTrailingZeros().hashCode();
            case byte[] bytes -> Arrays.hashCode(bytes);
            default -> value.hashCode();
        };
    }

    /** Spreads a number over 64 bits (SplitMix64's finaliser). */
    private static long mixed(long value) {
        long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
