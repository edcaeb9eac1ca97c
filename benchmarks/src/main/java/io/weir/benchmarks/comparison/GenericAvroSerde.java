package io.weir.benchmarks.comparison;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/**
 * Avro generic records as bare binary of one schema: what is left of a registry's serde once its caches are warm. Decimals are {@code BigDecimal}, texts
 * {@code String}.
 */
final class GenericAvroSerde implements Serde<GenericRecord> {

    private final Schema schema;
    private final GenericData data = new GenericData();

    GenericAvroSerde(Schema schema) {
        this.schema = schema;
        data.addLogicalTypeConversion(new Conversions.DecimalConversion());
    }

    Schema schema() {
        return schema;
    }

    @Override
    public Serializer<GenericRecord> serializer() {
        GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema, data);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        return new Serializer<>() {
            private @Nullable BinaryEncoder encoder;

            @Override
            @SuppressWarnings("NullAway") // a tombstone's value is null
            public byte[] serialize(String topic, GenericRecord record) {
                if (record == null) {
                    return null;
                }
                bytes.reset();
                encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
                try {
                    writer.write(record, encoder);
                    encoder.flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return bytes.toByteArray();
            }
        };
    }

    @Override
    public Deserializer<GenericRecord> deserializer() {
        GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema, schema, data);
        return new Deserializer<>() {
            private @Nullable BinaryDecoder decoder;

            @Override
            @SuppressWarnings("NullAway") // a tombstone's value is null
            public GenericRecord deserialize(String topic, byte[] bytes) {
                if (bytes == null) {
                    return null;
                }
                decoder = DecoderFactory.get().binaryDecoder(bytes, decoder);
                try {
                    return reader.read(null, decoder);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
