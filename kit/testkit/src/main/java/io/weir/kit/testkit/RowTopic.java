package io.weir.kit.testkit;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.Schemas;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A product's topic as rows: key and value are bare Avro, the content ids of their schemas are headers, as Apicurio's
 * serialisers write them ({@code apicurio.registry.headers.enabled}).
 */
public final class RowTopic {

    private static final String KEY_ID = "apicurio.key.contentId";
    private static final String VALUE_ID = "apicurio.value.contentId";

    private final TestKafka kafka;
    private final DataProduct product;
    private final Schemas schemas;

    RowTopic(TestKafka kafka, DataProduct product, Schemas schemas) {
        this.kafka = kafka;
        this.product = product;
        this.schemas = schemas;
    }

    /** One change as it stands in the topic: {@code row} is null where it was deleted. */
    public record Row(List<@Nullable Object> key, @Nullable List<@Nullable Object> row, Map<String, String> headers) {}

    /** Creates the topic with the contract's partitions, compacted. */
    public RowTopic create() {
        kafka.createTopic(product.name().topic(), product.partitions(), Map.of("cleanup.policy", "compact"));
        return this;
    }

    /** Writes a row under its key, with these headers beside those of the schemas. */
    public void put(Map<String, String> headers, @Nullable Object... row) {
        ProducerRecord<byte[], byte[]> record =
                record(key(row), RowCodec.ofValue(product).encode(row));
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        record.headers().add(VALUE_ID, bytes(schemas.idOf(product.name(), Schemas.Part.VALUE)));
        kafka.send(record);
    }

    public void put(@Nullable Object... row) {
        put(Map.of(), row);
    }

    /** Writes a tombstone. */
    public void delete(@Nullable Object... key) {
        kafka.send(record(RowCodec.ofKey(product).encode(key), null));
    }

    /** Every committed change, each partition in its order. */
    public List<Row> changes() {
        return kafka.records(product.name().topic()).stream().map(this::decode).toList();
    }

    /** The topic read as a table: the last row of each key that was not deleted. */
    public Map<List<@Nullable Object>, List<@Nullable Object>> table() {
        return table(kafka.records(product.name().topic()));
    }

    /** The table as soon as a condition holds for it. */
    public Map<List<@Nullable Object>, List<@Nullable Object>> awaitTable(
            Predicate<Map<List<@Nullable Object>, List<@Nullable Object>>> condition, Duration limit) {
        return table(kafka.awaitRecords(product.name().topic(), records -> condition.test(table(records)), limit));
    }

    private Map<List<@Nullable Object>, List<@Nullable Object>> table(List<ConsumerRecord<byte[], byte[]>> records) {
        Map<List<@Nullable Object>, List<@Nullable Object>> table = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            Row row = decode(record);
            if (row.row() == null) {
                table.remove(row.key());
            } else {
                table.put(row.key(), row.row());
            }
        }
        return table;
    }

    private Row decode(ConsumerRecord<byte[], byte[]> record) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith("apicurio.") && header.value() != null) {
                headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
            }
        }
        List<@Nullable Object> key = decode(RowCodec.ofKey(product), record.key(), record.headers(), KEY_ID);
        return new Row(
                key,
                record.value() == null
                        ? null
                        : decode(RowCodec.ofValue(product), record.value(), record.headers(), VALUE_ID),
                headers);
    }

    private List<@Nullable Object> decode(RowCodec codec, byte[] bytes, Headers headers, String idHeader) {
        Header id = headers.lastHeader(idHeader);
        Schema writer = id == null
                ? codec.schema()
                : schemas.byId(ByteBuffer.wrap(id.value()).getLong());
        return new ArrayList<>(Arrays.asList(codec.decode(bytes, writer)));
    }

    private ProducerRecord<byte[], byte[]> record(byte[] key, byte @Nullable [] value) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(product.name().topic(), key, value);
        record.headers().add(KEY_ID, bytes(schemas.idOf(product.name(), Schemas.Part.KEY)));
        return record;
    }

    private byte[] key(@Nullable Object[] row) {
        return RowCodec.ofKey(product)
                .encode(
                        product.key().isEmpty()
                                ? row
                                : product.key().stream()
                                        .map(position -> row[position])
                                        .toArray());
    }

    private static byte[] bytes(long id) {
        return ByteBuffer.allocate(Long.BYTES).putLong(id).array();
    }
}
