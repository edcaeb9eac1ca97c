package io.weir.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.ingest.SourceValues.UnfitException;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.junit.jupiter.api.Test;

class SourceValuesTest {

    private static final DataType.Timestamp INSTANT = new DataType.Timestamp(true);
    private static final DataType.Timestamp LOCAL = new DataType.Timestamp(false);

    @Test
    void shouldReadNumbersThatFit() {
        assertThat(convert("\"int\"", 7, new DataType.BigInt())).isEqualTo(7L);
        assertThat(convert("\"long\"", 7L, new DataType.Int())).isEqualTo(7);
        assertThat(convert("\"int\"", 7, new DataType.Decimal(12, 2))).isEqualTo(new BigDecimal("7.00"));
        assertThat(convert("\"double\"", 7.5, new DataType.DoublePrecision())).isEqualTo(7.5);
        assertThat(convert("\"float\"", 7.5f, new DataType.Real())).isEqualTo(7.5f);
        assertThat(convert("\"string\"", new Utf8("7.5"), new DataType.Decimal(12, 2)))
                .isEqualTo(new BigDecimal("7.50"));
    }

    @Test
    void shouldReadDecimalsOfAnyForm() {
        ByteBuffer unscaled =
                ByteBuffer.wrap(new BigDecimal("12.50").unscaledValue().toByteArray());
        String fixed = """
                {"type": "bytes", "logicalType": "decimal", "scale": 2, "precision": 12,
                 "connect.name": "org.apache.kafka.connect.data.Decimal"}""";
        Schema variable = new Schema.Parser().parse("""
                {"type": "record", "name": "VariableScaleDecimal", "namespace": "io.debezium.data", "fields": [
                  {"name": "scale", "type": "int"}, {"name": "value", "type": "bytes"}]}""");
        GenericRecord record = new GenericData.Record(variable);
        record.put("scale", 2);
        record.put("value", unscaled);

        assertThat(convert(fixed, unscaled, new DataType.Decimal(12, 2))).isEqualTo(new BigDecimal("12.50"));
        assertThat(convert(variable.toString(), record, new DataType.Decimal(12, 3)))
                .isEqualTo(new BigDecimal("12.500"));
        assertThat(convert(fixed, unscaled, new DataType.DoublePrecision())).isEqualTo(12.5);
    }

    @Test
    void shouldReadDatesAndTimes() {
        long ms = Instant.parse("2026-01-31T18:30:00.123Z").toEpochMilli();

        assertThat(convert(named("string", "ZonedTimestamp"), new Utf8("2026-01-31T18:30:00.123456Z"), INSTANT))
                .isEqualTo(ms);
        assertThat(convert(named("string", "ZonedTimestamp"), new Utf8("2026-01-31T19:30:00.123+01:00"), INSTANT))
                .isEqualTo(ms);
        assertThat(convert(named("long", "MicroTimestamp"), ms * 1000 + 456, LOCAL))
                .isEqualTo(ms);
        assertThat(convert(named("long", "Timestamp"), ms, LOCAL)).isEqualTo(ms);
        assertThat(convert(named("int", "Date"), 20_484, new DataType.Date())).isEqualTo(20_484);
        assertThat(convert(named("long", "MicroTime"), 3_600_000_000L, new DataType.Time()))
                .isEqualTo(3_600_000);
        assertThat(convert(named("int", "Time"), 3_600_000, new DataType.Time()))
                .isEqualTo(3_600_000);
        assertThat(convert("\"string\"", new Utf8("2026-01-31"), new DataType.Date()))
                .isEqualTo((int) LocalDate.parse("2026-01-31").toEpochDay());
    }

    @Test
    void shouldCutFractionsBeforeTheEpochDownwards() {
        assertThat(convert(named("long", "MicroTimestamp"), -1L, LOCAL)).isEqualTo(-1L);
    }

    @Test
    void shouldRefuseToCutAKey() {
        Schema schema = new Schema.Parser().parse(named("long", "MicroTimestamp"));

        assertThatThrownBy(() -> SourceValues.converter(schema, LOCAL).convert(1L, true))
                .isInstanceOf(UnfitException.class)
                .hasMessageContaining("a key cannot hold");
        assertThat(SourceValues.converter(schema, LOCAL).convert(1_000L, true)).isEqualTo(1L);
    }

    @Test
    void shouldReadTextBytesAndTruth() {
        assertThat(convert(named("string", "Uuid"), new Utf8("u"), new DataType.Varchar()))
                .isEqualTo("u");
        assertThat(convert("\"boolean\"", true, new DataType.Bool())).isEqualTo(true);
        assertThat(convert("\"bytes\"", ByteBuffer.wrap(new byte[] {1, 2}), new DataType.Varbinary()))
                .isEqualTo(new byte[] {1, 2});
    }

    @Test
    void shouldRefuseWhatLosesSomething() {
        refuses("\"long\"", 1L << 40, new DataType.Int());
        refuses("\"double\"", 7.5, new DataType.BigInt());
        refuses("\"string\"", new Utf8("7.555"), new DataType.Decimal(12, 2));
        refuses("\"string\"", new Utf8("123456"), new DataType.Decimal(5, 2));
        refuses("\"string\"", new Utf8("tea"), new DataType.BigInt());
        refuses("\"string\"", new Utf8("tea"), INSTANT);
        refuses(named("long", "MicroTimestamp"), 7L, new DataType.BigInt());
        refuses("\"long\"", 7L, LOCAL);
        refuses("\"int\"", 7, new DataType.Varchar());
        refuses("\"int\"", 7, new DataType.Bool());
        refuses("\"bytes\"", ByteBuffer.wrap(new byte[] {1}), new DataType.Decimal(5, 2));
    }

    private static void refuses(String schema, Object value, DataType type) {
        assertThatThrownBy(() -> convert(schema, value, type)).isInstanceOf(UnfitException.class);
    }

    private static Object convert(String schema, Object value, DataType type) {
        return SourceValues.converter(new Schema.Parser().parse(schema), type).convert(value, false);
    }

    private static String named(String type, String meaning) {
        return """
                {"type": "%s", "connect.name": "io.debezium.%s.%s"}""".formatted(type, meaning.equals("Uuid") ? "data" : "time", meaning);
    }
}
