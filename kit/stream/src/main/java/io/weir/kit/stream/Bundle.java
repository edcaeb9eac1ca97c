package io.weir.kit.stream;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * Records that follow each other in a partition, as one on their way through Kafka Streams' queues: what those do for each record (its size, five metrics, a queue by time, where consumption goes
 * on) costs more than most operators do. {@link Arrival} opens it.
 *
 * <p>It is the only header of a record without key and value that stands where the first of them does: from there the partition is read again where they were not processed.
 */
record Bundle(List<ConsumerRecord<byte[], byte[]>> records) implements Header {

    /** So few that a commit need not wait long for the records of one bundle. */
    static final int MOST = 32;

    private static final String KEY = "weir-bundle";

    /** The bundle that a record of Kafka Streams stands for; null where it stands for itself. */
    static @Nullable Bundle of(Headers headers) {
        return headers.lastHeader(KEY) instanceof Bundle bundle ? bundle : null;
    }

    /** The same records as fewer. */
    static ConsumerRecords<byte[], byte[]> bundled(ConsumerRecords<byte[], byte[]> polled) {
        if (polled.isEmpty()) {
            return polled;
        }
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> bundles = new LinkedHashMap<>();
        for (TopicPartition partition : polled.partitions()) {
            List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
            List<ConsumerRecord<byte[], byte[]>> fewer = new ArrayList<>(records.size() / MOST + 1);
            for (int from = 0; from < records.size(); from += MOST) {
                fewer.add(new Bundle(records.subList(from, Math.min(records.size(), from + MOST))).record());
            }
            bundles.put(partition, fewer);
        }
        return new ConsumerRecords<>(bundles, polled.nextOffsets());
    }

    @SuppressWarnings("NullAway") // a record may lack key and value
    private ConsumerRecord<byte[], byte[]> record() {
        ConsumerRecord<byte[], byte[]> first = records.getFirst();
        return new ConsumerRecord<>(
                first.topic(),
                first.partition(),
                first.offset(),
                first.timestamp(),
                TimestampType.CREATE_TIME,
                0,
                0,
                null,
                null,
                new RecordHeaders(List.of(this)),
                first.leaderEpoch());
    }

    @Override
    public String key() {
        return KEY;
    }

    @Override
    @SuppressWarnings("NullAway") // a header may lack a value
    public byte[] value() {
        return null;
    }
}
