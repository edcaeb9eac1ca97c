package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.JsonRowException;
import io.weir.kit.contract.JsonRows;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowCodecException;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.QuarantineHeaders;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * The rows that lie in quarantine, read from their topics: those with which nothing has been done yet are open.
 *
 * <p>Each question reads the topic anew, so that the answer is what is there; a quarantine is kept for 30 days.
 */
@Singleton
class QuarantineLog {

    /** Which open rows are meant; null is any. Times in ms since the epoch, {@code sinceMs} inclusive, {@code untilMs} exclusive. */
    record Filter(
            @Nullable String reason,
            @Nullable String rule,
            @Nullable String field,
            @Nullable Long sinceMs,
            @Nullable Long untilMs) {

        boolean takes(ConsumerRecord<byte[], byte[]> record) {
            return is(reason, record, QuarantineHeaders.REASON)
                    && is(rule, record, QuarantineHeaders.RULE)
                    && is(field, record, QuarantineHeaders.FIELD)
                    && (sinceMs == null || record.timestamp() >= sinceMs)
                    && (untilMs == null || record.timestamp() < untilMs);
        }

        private static boolean is(@Nullable String wanted, ConsumerRecord<byte[], byte[]> record, String header) {
            return wanted == null || wanted.equals(header(record, header));
        }
    }

    /** Of a record in Kafka. */
    record Place(String topic, int partition, long offset) {}

    private static final Pattern PLACE = Pattern.compile("(.+)-(\\d+)@(\\d+)");
    private static final Duration POLL = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ContractConfig config;
    private final Schemas schemas;

    QuarantineLog(ContractConfig config) {
        this.config = config;
        this.schemas = new RegistrySchemas(config.registry());
    }

    /** {@code partition@offset}. */
    static String position(ConsumerRecord<?, ?> record) {
        return record.partition() + "@" + record.offset();
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    /** The open rows that the filter takes and that stand behind {@code after}, by partition and offset; {@code limit} at most. */
    List<ConsumerRecord<byte[], byte[]>> open(Quarantine quarantine, Filter filter, @Nullable String after, int limit) {
        Set<String> handled = handled(quarantine.rowsTopic());
        List<ConsumerRecord<byte[], byte[]>> open = new ArrayList<>();
        scan(
                quarantine.rowsTopic(),
                true,
                record -> filter.takes(record) && !handled.contains(position(record)) && isAfter(record, after),
                open);
        open.sort(Comparator.<ConsumerRecord<byte[], byte[]>>comparingInt(ConsumerRecord::partition)
                .thenComparingLong(ConsumerRecord::offset));
        return open.size() > limit ? List.copyOf(open.subList(0, limit)) : open;
    }

    /** One row, open or not; empty where there is none at that position. */
    Optional<ConsumerRecord<byte[], byte[]>> at(Quarantine quarantine, String position) {
        List<ConsumerRecord<byte[], byte[]>> found = new ArrayList<>();
        scan(quarantine.rowsTopic(), true, record -> position(record).equals(position), found);
        return found.stream().findFirst();
    }

    /** The row of the product that lies there, read by today's contract; empty where its bytes are no such row. */
    static Optional<@Nullable Object[]> row(DataProduct product, ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return Optional.empty();
        }
        try {
            return switch (header(record, QuarantineHeaders.FORM)) {
                case QuarantineHeaders.FORM_ROW ->
                    Optional.of(RowCodec.of(product.rowType().allNullable()).decode(record.value()));
                case QuarantineHeaders.FORM_JSON ->
                    Optional.of(JsonRows.read(JSON.readTree(record.value()), product.rowType()));
                default -> Optional.empty();
            };
        } catch (RowCodecException | JsonRowException | IOException unreadable) {
            return Optional.empty();
        }
    }

    /** The row as it was read, by the contract of the product from whose topic it came; empty where its bytes are no such row. */
    Optional<@Nullable Object[]> rowRead(DataProduct input, ConsumerRecord<byte[], byte[]> record) {
        OptionalLong schema = SchemaHeaders.valueId(record.headers());
        if (record.value() == null || schema.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(RowCodec.ofValue(input).decode(record.value(), schemas.byId(schema.getAsLong())));
        } catch (RowCodecException | IllegalArgumentException | RegistryUnavailable unreadable) {
            return Optional.empty();
        }
    }

    /** Whether its bytes stand as the stage read them, before they were a row of what it writes. */
    static boolean isAsRead(ConsumerRecord<byte[], byte[]> record) {
        return header(record, QuarantineHeaders.FORM).equals(QuarantineHeaders.FORM_READ);
    }

    /** The change that led to it; empty where that is not known. */
    static Optional<Place> input(ConsumerRecord<byte[], byte[]> record) {
        Matcher place = PLACE.matcher(header(record, QuarantineHeaders.INPUT));
        return place.matches()
                ? Optional.of(
                        new Place(place.group(1), Integer.parseInt(place.group(2)), Long.parseLong(place.group(3))))
                : Optional.empty();
    }

    /** Reads a topic from its beginning to where it ended when the reading began; the end offsets by partition. */
    Map<Integer, Long> scan(
            String topic,
            boolean committedOnly,
            Predicate<ConsumerRecord<byte[], byte[]>> wanted,
            List<ConsumerRecord<byte[], byte[]>> into) {
        return scan(topic, committedOnly, Map.of(), wanted, into);
    }

    /** As above, from these offsets on. */
    Map<Integer, Long> scan(
            String topic,
            boolean committedOnly,
            Map<Integer, Long> from,
            Predicate<ConsumerRecord<byte[], byte[]>> wanted,
            List<ConsumerRecord<byte[], byte[]>> into) {
        Map<Integer, Long> ends = new HashMap<>();
        Map<String, Object> properties = new HashMap<>(config.kafka());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, config.bootstrapServers());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, committedOnly ? "read_committed" : "read_uncommitted");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, "10000");
        try (var consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.listTopics().getOrDefault(topic, List.of()).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
            consumer.seekToBeginning(partitions);
            from.forEach((partition, offset) -> consumer.seek(new TopicPartition(topic, partition), offset));
            while (partitions.stream().anyMatch(one -> consumer.position(one) < end.getOrDefault(one, 0L))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() < end.getOrDefault(new TopicPartition(topic, record.partition()), 0L)
                            && wanted.test(record)) {
                        into.add(record);
                    }
                }
            }
            end.forEach((partition, offset) -> ends.put(partition.partition(), offset));
        }
        return ends;
    }

    private Set<String> handled(String quarantine) {
        Set<String> handled = new HashSet<>();
        scan(
                MeshTopics.HANDLED,
                true,
                record -> {
                    String key = record.key() == null ? "" : new String(record.key(), UTF_8);
                    if (key.startsWith(quarantine + "-")) {
                        handled.add(key.substring(quarantine.length() + 1));
                    }
                    return false;
                },
                new ArrayList<>());
        return handled;
    }

    private static boolean isAfter(ConsumerRecord<?, ?> record, @Nullable String position) {
        if (position == null) {
            return true;
        }
        int at = position.indexOf('@');
        int partition = Integer.parseInt(position.substring(0, at));
        return record.partition() > partition
                || (record.partition() == partition && record.offset() > Long.parseLong(position.substring(at + 1)));
    }
}
