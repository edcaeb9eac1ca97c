package io.weir.kit.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

class RowCodecTest {

    private static final RowType CUSTOMER = new RowType(List.of(
            new Column("customer_id", new DataType.BigInt(), false),
            new Column("name", new DataType.Varchar(), true),
            new Column("balance", new DataType.Decimal(12, 2), true),
            new Column("since", new DataType.Timestamp(false), true)));

    @Property(tries = 500)
    void shouldReadBackWhatItWrote(@ForAll("rows") Tuple.Tuple2<RowType, Object[]> typed) {
        RowCodec codec = RowCodec.of(typed.get1());

        Object[] back = codec.decode(codec.encode(typed.get2()));

        assertThat(back).isEqualTo(typed.get2());
    }

    @Property(tries = 200)
    void shouldWriteWhatAvroItselfReads(@ForAll("rows") Tuple.Tuple2<RowType, Object[]> typed) throws IOException {
        RowCodec codec = RowCodec.of(typed.get1());
        byte[] bytes = codec.encode(typed.get2());

        GenericRecord record = new GenericDatumReader<GenericRecord>(codec.schema())
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));

        assertThat(avro(record)).isEqualTo(bytes);
    }

    @Property(tries = 200)
    void shouldNameTheTroubleWithBytesOfAnySort(@ForAll byte[] bytes) {
        RowCodec codec = RowCodec.of(CUSTOMER);

        try {
            assertThat(codec.decode(bytes)).hasSize(4);
        } catch (RowCodecException e) {
            assertThat(e).hasMessageNotContaining("null:");
        }
    }

    @Property(tries = 200)
    void shouldKeepTheRowTypeThroughTheSchema(@ForAll("rows") Tuple.Tuple2<RowType, Object[]> typed) {
        Schema schema = AvroMapping.schema(typed.get1(), "io.weir.test", "Row");

        assertThat(AvroMapping.rowType(new Schema.Parser().parse(schema.toString())))
                .isEqualTo(typed.get1());
    }

    @Test
    void shouldReadRowsOfAnOlderAndANewerWriter() {
        RowCodec older = RowCodec.of(new RowType(List.of(
                new Column("customer_id", new DataType.Int(), false),
                new Column("fax", new DataType.Varchar(), true),
                new Column("balance", new DataType.Decimal(8, 1), false))));
        RowCodec newer = RowCodec.of(new RowType(List.of(
                new Column("since", new DataType.Timestamp(true), true),
                new Column("name", new DataType.Varchar(), false),
                new Column("city", new DataType.Varchar(), true),
                new Column("customer_id", new DataType.BigInt(), false))));
        RowCodec mine = RowCodec.of(CUSTOMER);

        Object[] fromOlder = mine.decode(older.encode(new Object[] {7, "+49", new BigDecimal("1.5")}), older.schema());
        Object[] fromNewer = mine.decode(newer.encode(new Object[] {12L, "Ann", "Ulm", 8L}), newer.schema());

        assertThat(fromOlder).containsExactly(7L, null, new BigDecimal("1.50"), null);
        assertThat(fromNewer).containsExactly(8L, "Ann", null, 12L);
    }

    @Test
    void shouldReadMicrosecondsAsMilliseconds() throws IOException {
        Schema writer = SchemaBuilder.record("Change")
                .fields()
                .name("customer_id")
                .type()
                .longType()
                .noDefault()
                .name("since")
                .type(org.apache.avro.LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
                .noDefault()
                .endRecord();
        GenericRecord record = new GenericData.Record(writer);
        record.put("customer_id", 1L);
        record.put("since", -1L);

        Object[] row = RowCodec.of(CUSTOMER).decode(avro(record), writer);

        assertThat(row).containsExactly(1L, null, null, -1L);
    }

    @Test
    void shouldRefuseAWriterWithoutARequiredColumn() {
        RowCodec writer = RowCodec.of(new RowType(List.of(new Column("name", new DataType.Varchar(), true))));

        assertThatThrownBy(() -> RowCodec.of(CUSTOMER).decode(writer.encode(new Object[] {"Ann"}), writer.schema()))
                .isInstanceOf(RowCodecException.class)
                .hasMessage("field \"customer_id\": required, but not in the writer's schema");
    }

    @Test
    void shouldRefuseAWriterOfAnotherType() {
        RowCodec writer = RowCodec.of(new RowType(List.of(new Column("customer_id", new DataType.Varchar(), false))));

        assertThatThrownBy(() -> RowCodec.of(CUSTOMER).decode(writer.encode(new Object[] {"1"}), writer.schema()))
                .hasMessage("field \"customer_id\": written as \"string\", which does not read as BigInt[]");
    }

    @Test
    void shouldRefuseNullInARequiredColumnBothWays() {
        RowCodec mine = RowCodec.of(CUSTOMER);
        RowCodec writer = RowCodec.of(new RowType(List.of(new Column("customer_id", new DataType.BigInt(), true))));

        assertThatThrownBy(() -> mine.encode(new Object[4])).hasMessage("field \"customer_id\": is null, but required");
        assertThatThrownBy(() -> mine.decode(writer.encode(new Object[1]), writer.schema()))
                .hasMessage("field \"customer_id\": is null, but required");
    }

    @Test
    void shouldRefuseAValueThatDoesNotFitItsColumn() {
        RowCodec codec = RowCodec.of(CUSTOMER);

        assertThatThrownBy(() -> codec.encode(new Object[] {1L, "Ann", new BigDecimal("1.005"), null}))
                .hasMessage("field \"balance\": its value is no Decimal[precision=12, scale=2]");
        assertThatThrownBy(() -> codec.encode(new Object[] {1L, 5, null, null}))
                .hasMessage("field \"name\": its value is no Varchar[]");
        assertThatThrownBy(() -> codec.encode(new Object[] {1L})).hasMessage("1 values for 4 columns");
    }

    @Test
    void shouldLeaveNothingOfARefusedRowInTheNextOne() {
        RowCodec codec = RowCodec.of(CUSTOMER);
        Object[] row = {2L, "Bob", null, null};
        byte[] bytes = codec.encode(row);

        assertThatThrownBy(() -> codec.encode(new Object[] {1L, "Ann", new BigDecimal("1.005"), null}))
                .isInstanceOf(RowCodecException.class);

        assertThat(codec.encode(row)).isEqualTo(bytes);
    }

    @Test
    void shouldRefuseBytesThatAreCutOrLeftOver() {
        RowCodec codec = RowCodec.of(CUSTOMER);
        byte[] bytes = codec.encode(new Object[] {1L, "Ann", null, 5L});

        assertThatThrownBy(() -> codec.decode(java.util.Arrays.copyOf(bytes, bytes.length - 1)))
                .hasMessage("field \"since\": the bytes do not read as the writer's schema says");
        assertThatThrownBy(() -> codec.decode(java.util.Arrays.copyOf(bytes, bytes.length + 1)))
                .hasMessage("bytes are left over after the last field");
        assertThat(codec.decode(bytes)).containsExactly(1L, "Ann", null, 5L);
    }

    @Test
    void shouldLetANullableColumnComeAndGoUnderAvrosOwnRules() {
        Schema before = AvroMapping.schema(CUSTOMER.project(List.of(0, 1)), "io.weir.test", "Row");
        Schema after = AvroMapping.schema(CUSTOMER, "io.weir.test", "Row");

        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(after, before)
                        .getType())
                .isEqualTo(SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(before, after)
                        .getType())
                .isEqualTo(SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE);
    }

    @Provide
    Arbitrary<Tuple.Tuple2<RowType, Object[]>> rows() {
        return column().list().ofMinSize(1).ofMaxSize(8).flatMap(types -> Arbitraries.longs()
                .map(seed -> {
                    Random random = new Random(seed);
                    List<Column> columns = new ArrayList<>();
                    Object[] row = new Object[types.size()];
                    for (int i = 0; i < row.length; i++) {
                        columns.add(new Column(
                                "c" + i, types.get(i).get1(), types.get(i).get2()));
                        row[i] = types.get(i).get2() && random.nextInt(4) == 0
                                ? null
                                : value(types.get(i).get1(), random);
                    }
                    return Tuple.of(new RowType(columns), row);
                }));
    }

    private static Arbitrary<Tuple.Tuple2<DataType, Boolean>> column() {
        Arbitrary<DataType> types = Arbitraries.of(
                new DataType.Bool(),
                new DataType.Int(),
                new DataType.BigInt(),
                new DataType.Real(),
                new DataType.DoublePrecision(),
                new DataType.Decimal(12, 2),
                new DataType.Decimal(38, 0),
                new DataType.Varchar(),
                new DataType.Date(),
                new DataType.Time(),
                new DataType.Timestamp(false),
                new DataType.Timestamp(true),
                new DataType.Varbinary(),
                new DataType.Array(new DataType.Varchar()),
                new DataType.Array(new DataType.Decimal(12, 2)));
        return Combinators.combine(types, Arbitraries.of(true, false)).as(Tuple::of);
    }

    static Object value(DataType type, Random random) {
        return switch (type) {
            case DataType.Bool _ -> random.nextBoolean();
            case DataType.Int _, DataType.Date _ -> random.nextInt() >> random.nextInt(32);
            case DataType.Time _ -> random.nextInt(86_400_000);
            case DataType.BigInt _, DataType.Timestamp _ -> random.nextLong() >> random.nextInt(64);
            case DataType.Real _ -> (float) random.nextGaussian();
            case DataType.DoublePrecision _ -> random.nextGaussian() * 1e9;
            case DataType.Decimal decimal ->
                new BigDecimal(new BigInteger((int) (decimal.precision() * 3.3), random), decimal.scale());
            case DataType.Varchar _ ->
                random.ints(random.nextInt(12), 0, 0xD7FF)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
            case DataType.Varbinary _ -> {
                byte[] bytes = new byte[random.nextInt(20)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case DataType.Array(DataType element) ->
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(_ -> random.nextInt(4) == 0 ? null : value(element, random))
                        .collect(Collectors.toCollection(ArrayList::new));
            case DataType.Struct(List<Column> fields) ->
                fields.stream()
                        .map(field -> random.nextInt(4) == 0 && field.nullable() ? null : value(field.type(), random))
                        .collect(Collectors.toCollection(ArrayList::new));
            case DataType.Mapping(DataType of) -> {
                Map<String, Object> map = new TreeMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    map.put("k" + i, random.nextInt(4) == 0 ? null : value(of, random));
                }
                yield map;
            }
        };
    }

    private static byte[] avro(GenericRecord record) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().binaryEncoder(out, null);
        new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
        encoder.flush();
        return out.toByteArray();
    }
}
