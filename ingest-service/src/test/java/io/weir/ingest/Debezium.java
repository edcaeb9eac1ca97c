package io.weir.ingest;

import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.SchemaHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** Writes events as Debezium's PostgreSQL connector does with Apicurio's Avro converter, of tables with the columns that a test names. */
final class Debezium {

    static final String GAP = "__debezium_unavailable_value";

    private static final String SOURCE = """
            {"type": "record", "name": "Source", "namespace": "io.debezium.connector.postgresql", "fields": [
              {"name": "ts_ms", "type": "long"},
              {"name": "snapshot", "type": ["null", "string"], "default": null},
              {"name": "sequence", "type": ["null", "string"], "default": null},
              {"name": "txId", "type": ["null", "long"], "default": null},
              {"name": "lsn", "type": ["null", "long"], "default": null},
              {"name": "origin", "type": ["null", "string"], "default": null}]}""";

    private final InMemorySchemas schemas;
    private final Schema row;
    private final Schema key;
    private final Schema envelope;

    /** {@code keyFields} and {@code fields} are Avro fields in JSON. */
    Debezium(InMemorySchemas schemas, String keyFields, String fields) {
        this.schemas = schemas;
        this.key =
                new Schema.Parser().parse("{\"type\": \"record\", \"name\": \"Key\", \"fields\": [" + keyFields + "]}");
        String value = "{\"type\": \"record\", \"name\": \"Value\", \"fields\": [" + fields + "]}";
        this.envelope = new Schema.Parser().parse("""
                {"type": "record", "name": "Envelope", "fields": [
                  {"name": "before", "type": ["null", %s], "default": null},
                  {"name": "after", "type": ["null", "Value"], "default": null},
                  {"name": "source", "type": %s},
                  {"name": "op", "type": "string"}]}""".formatted(value, SOURCE));
        this.row = envelope.getField("before").schema().getTypes().get(1);
    }

    /** Where an event stands: what {@code source} says of it. */
    record At(
            @Nullable Long commit,
            long lsn,
            @Nullable Long transaction,
            @Nullable String snapshot,
            @Nullable String origin) {

        static At of(long commit, long lsn, long transaction) {
            return new At(commit, lsn, transaction, "false", null);
        }

        static At snapshot(long lsn, String marker) {
            return new At(null, lsn, 1L, marker, null);
        }
    }

    TestRecord<byte[], byte[]> event(String op, At at, Map<String, ?> key, @Nullable Map<String, ?> after) {
        GenericRecord source =
                new GenericData.Record(envelope.getField("source").schema());
        source.put("ts_ms", 1_000_000L + at.lsn());
        source.put("snapshot", at.snapshot());
        source.put(
                "sequence",
                "[%s,\"%d\"]".formatted(at.commit() == null ? "null" : "\"" + at.commit() + "\"", at.lsn()));
        source.put("txId", at.transaction());
        source.put("lsn", at.lsn());
        source.put("origin", at.origin());
        GenericRecord value = new GenericData.Record(envelope);
        value.put("op", op);
        value.put("source", source);
        value.put("after", after == null ? null : record(row, after));
        if (op.equals("d")) {
            // The default replica identity: the key, all else filled with defaults that mean nothing.
            value.put("before", record(row, key));
        }
        Headers headers = new RecordHeaders();
        byte[] keyBytes = null;
        if (!key.isEmpty()) {
            keyBytes = bytes(record(this.key, key));
            SchemaHeaders.writeKey(headers, schemas.add(this.key));
        }
        SchemaHeaders.writeValue(headers, schemas.add(envelope));
        return new TestRecord<>(keyBytes, bytes(value), headers, 1_000L);
    }

    TestRecord<byte[], byte[]> tombstone(Map<String, ?> key) {
        Headers headers = new RecordHeaders();
        SchemaHeaders.writeKey(headers, schemas.add(this.key));
        return new TestRecord<>(bytes(record(this.key, key)), null, headers, 1_000L);
    }

    private static GenericRecord record(Schema schema, Map<String, ?> values) {
        GenericRecord record = new GenericData.Record(schema);
        for (Schema.Field field : schema.getFields()) {
            Object value = values.get(field.name());
            boolean filled = value == null && !field.schema().isNullable();
            record.put(field.pos(), filled ? filler(field.schema()) : value);
        }
        return record;
    }

    private static Object filler(Schema schema) {
        return switch (schema.getType()) {
            case INT -> 0;
            case LONG -> 0L;
            case BOOLEAN -> false;
            case STRING -> "";
            case BYTES -> java.nio.ByteBuffer.wrap(new byte[] {0});
            default -> throw new IllegalArgumentException(schema.toString());
        };
    }

    private static byte[] bytes(GenericRecord record) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
        try {
            new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
