package io.weir.kit.contract;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.Encoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Rows to bare Avro binary and back, without an intermediate record.
 *
 * <p>Bytes written under another schema are resolved into this row type by the field's name: numbers widen, fields that the row type lacks are skipped,
 * nullable columns that the writer lacks are null. The steps are worked out once per writer schema.
 *
 * <p>Not thread-safe: one codec per thread (it reuses its buffers). A {@link RowCodecException} tells bytes or values that do not fit.
 */
public final class RowCodec {

    private interface FieldWriter {
        void write(Object value, Encoder out) throws IOException;
    }

    private interface FieldReader {
        @Nullable
        Object read(Decoder in) throws IOException;
    }

    /** One field of the writer, in the writer's order; {@code position} -1: read over it. */
    private record Step(String field, int position, FieldReader reader) {}

    private static final int SKIP = -1;

    private final RowType type;
    private final Schema schema;
    private final FieldWriter[] writers;
    private final IdentityHashMap<Schema, List<Step>> plans = new IdentityHashMap<>();

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    private final BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    private final BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);
    private Utf8 text = new Utf8();

    private RowCodec(RowType type, Schema schema) {
        this.type = type;
        this.schema = schema;
        this.writers =
                type.columns().stream().map(column -> writer(column.type())).toArray(FieldWriter[]::new);
    }

    public static RowCodec ofKey(DataProduct product) {
        return new RowCodec(product.keyType(), AvroMapping.keySchema(product));
    }

    public static RowCodec ofValue(DataProduct product) {
        return new RowCodec(product.rowType(), AvroMapping.valueSchema(product));
    }

    /** A codec for rows that are no product's, such as those of a repartition topic. */
    public static RowCodec of(RowType type) {
        return new RowCodec(type, AvroMapping.schema(type, "io.weir.internal", "Row"));
    }

    public RowType rowType() {
        return type;
    }

    /** The schema of what {@link #encode} writes. */
    public Schema schema() {
        return schema;
    }

    public byte[] encode(@Nullable Object[] row) {
        if (row.length != writers.length) {
            throw new RowCodecException(null, "%d values for %d columns".formatted(row.length, writers.length), null);
        }
        // Buffered, for it writes field by field; what it holds of a row that did not fit goes first.
        EncoderFactory.get().binaryEncoder(bytes, encoder);
        bytes.reset();
        int i = 0;
        try {
            for (; i < writers.length; i++) {
                Object value = row[i];
                boolean nullable = type.columns().get(i).nullable();
                if (value == null) {
                    if (!nullable) {
                        throw new RowCodecException(name(i), "is null, but required", null);
                    }
                    encoder.writeIndex(0);
                } else {
                    if (nullable) {
                        encoder.writeIndex(1);
                    }
                    writers[i].write(value, encoder);
                }
            }
            encoder.flush();
        } catch (IOException | ClassCastException | ArithmeticException e) {
            throw new RowCodecException(
                    name(i), "its value is no " + type.columns().get(i).type(), e);
        }
        return bytes.toByteArray();
    }

    /** Reads a row that was written under this codec's own schema. */
    public @Nullable Object[] decode(byte[] from) {
        return decode(from, schema);
    }

    /** Reads a row that was written under {@code writer}. Pass the same instance each time: what was worked out for it is kept. */
    public @Nullable Object[] decode(byte[] from, Schema writer) {
        List<Step> steps = plans.get(writer);
        if (steps == null) {
            steps = plan(writer);
            plans.put(writer, steps);
        }
        @Nullable Object[] row = new Object[writers.length];
        DecoderFactory.get().binaryDecoder(from, decoder);
        String field = null;
        try {
            for (int i = 0; i < steps.size(); i++) {
                Step step = steps.get(i);
                field = step.field;
                Object value = step.reader.read(decoder);
                if (step.position != SKIP) {
                    row[step.position] = value;
                }
            }
            field = null;
            if (!decoder.isEnd()) {
                throw new RowCodecException(null, "bytes are left over after the last field", null);
            }
        } catch (RowCodecException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // Avro answers bad bytes with many exceptions, some with data in their message.
            throw new RowCodecException(field, "the bytes do not read as the writer's schema says", e);
        }
        return row;
    }

    private String name(int position) {
        return type.columns().get(position).name();
    }

    private List<Step> plan(Schema writer) {
        return plan(type, writer);
    }

    private List<Step> plan(RowType type, Schema writer) {
        if (writer.getType() != Schema.Type.RECORD) {
            throw new RowCodecException(null, "the writer's schema is no record", null);
        }
        for (Column column : type.columns()) {
            if (!column.nullable() && writer.getField(column.name()) == null) {
                throw new RowCodecException(column.name(), "required, but not in the writer's schema", null);
            }
        }
        return writer.getFields().stream()
                .map(field -> {
                    int position = type.indexOf(field.name());
                    return position < 0
                            ? new Step(field.name(), SKIP, skip(field.schema()))
                            : new Step(
                                    field.name(),
                                    position,
                                    reader(type.columns().get(position), field.schema()));
                })
                .toList();
    }

    private static FieldReader skip(Schema schema) {
        return in -> {
            GenericDatumReader.skip(schema, in);
            return null;
        };
    }

    private FieldReader reader(Column column, Schema written) {
        if (written.getType() == Schema.Type.UNION) {
            List<FieldReader> members = written.getTypes().stream()
                    .map(member -> reader(column, member))
                    .toList();
            return in -> members.get(in.readIndex()).read(in);
        }
        if (written.getType() == Schema.Type.NULL) {
            return in -> {
                in.readNull();
                if (!column.nullable()) {
                    throw new RowCodecException(column.name(), "is null, but required", null);
                }
                return null;
            };
        }
        FieldReader reader = resolve(column.type(), written);
        if (reader == null) {
            throw new RowCodecException(
                    column.name(), "written as %s, which does not read as %s".formatted(written, column.type()), null);
        }
        return reader;
    }

    /** Null where the written type does not promote to the column's (Avro specification, schema resolution). */
    private @Nullable FieldReader resolve(DataType to, Schema from) {
        Schema.Type written = from.getType();
        LogicalType logical = from.getLogicalType();
        return switch (to) {
            case DataType.Bool _ -> written == Schema.Type.BOOLEAN ? Decoder::readBoolean : null;
            case DataType.Int _ -> written == Schema.Type.INT ? Decoder::readInt : null;
            case DataType.BigInt _ ->
                switch (written) {
                    case LONG -> Decoder::readLong;
                    case INT -> in -> (long) in.readInt();
                    default -> null;
                };
            case DataType.Real _ ->
                switch (written) {
                    case FLOAT -> Decoder::readFloat;
                    case INT -> in -> (float) in.readInt();
                    case LONG -> in -> (float) in.readLong();
                    default -> null;
                };
            case DataType.DoublePrecision _ ->
                switch (written) {
                    case DOUBLE -> Decoder::readDouble;
                    case FLOAT -> in -> (double) in.readFloat();
                    case INT -> in -> (double) in.readInt();
                    case LONG -> in -> (double) in.readLong();
                    default -> null;
                };
            case DataType.Decimal column ->
                switch (written) {
                    case BYTES, FIXED ->
                        logical instanceof LogicalTypes.Decimal decimal
                                ? in -> new BigDecimal(new BigInteger(readBytes(in, from)), decimal.getScale())
                                        .setScale(column.scale(), RoundingMode.UNNECESSARY)
                                : null;
                    case INT -> in -> BigDecimal.valueOf(in.readInt()).setScale(column.scale());
                    case LONG -> in -> BigDecimal.valueOf(in.readLong()).setScale(column.scale());
                    default -> null;
                };
            case DataType.Varchar _ ->
                switch (written) {
                    case STRING, BYTES ->
                        in -> {
                            text = in.readString(text);
                            return text.toString();
                        };
                    case ENUM -> in -> from.getEnumSymbols().get(in.readEnum());
                    default -> null;
                };
            case DataType.Date _ ->
                written == Schema.Type.INT && (logical == null || logical instanceof LogicalTypes.Date)
                        ? Decoder::readInt
                        : null;
            case DataType.Time _ ->
                switch (written) {
                    case INT -> Decoder::readInt;
                    case LONG ->
                        logical instanceof LogicalTypes.TimeMicros
                                ? in -> Math.toIntExact(Math.floorDiv(in.readLong(), 1000L))
                                : null;
                    default -> null;
                };
            case DataType.Timestamp _ ->
                written != Schema.Type.LONG
                        ? null
                        : logical instanceof LogicalTypes.TimestampMicros
                                        || logical instanceof LogicalTypes.LocalTimestampMicros
                                ? in -> Math.floorDiv(in.readLong(), 1000L)
                                : Decoder::readLong;
            case DataType.Varbinary _ ->
                written == Schema.Type.BYTES || written == Schema.Type.FIXED || written == Schema.Type.STRING
                        ? in -> readBytes(in, from)
                        : null;
            case DataType.Array(DataType element) -> {
                if (written != Schema.Type.ARRAY) {
                    yield null;
                }
                FieldReader elements = reader(new Column("element", element, true), from.getElementType());
                yield in -> readArray(in, elements);
            }
            case DataType.Struct(List<Column> fields) -> {
                if (written != Schema.Type.RECORD) {
                    yield null;
                }
                List<Step> steps = plan(new RowType(fields), from);
                yield in -> readStruct(in, steps, fields.size());
            }
            case DataType.Mapping(DataType value) -> {
                if (written != Schema.Type.MAP) {
                    yield null;
                }
                FieldReader values = reader(new Column("value", value, true), from.getValueType());
                yield in -> readMap(in, values);
            }
        };
    }

    private static List<@Nullable Object> readArray(Decoder in, FieldReader elements) throws IOException {
        List<@Nullable Object> array = new ArrayList<>();
        for (long block = in.readArrayStart(); block != 0; block = in.arrayNext()) {
            for (long i = 0; i < block; i++) {
                array.add(elements.read(in));
            }
        }
        return Collections.unmodifiableList(array);
    }

    private static List<@Nullable Object> readStruct(Decoder in, List<Step> steps, int size) throws IOException {
        @Nullable Object[] fields = new @Nullable Object[size];
        for (Step step : steps) {
            Object value = step.reader.read(in);
            if (step.position != SKIP) {
                fields[step.position] = value;
            }
        }
        return Collections.unmodifiableList(Arrays.asList(fields));
    }

    private static Map<String, @Nullable Object> readMap(Decoder in, FieldReader values) throws IOException {
        Map<String, @Nullable Object> map = new TreeMap<>();
        for (long block = in.readMapStart(); block != 0; block = in.mapNext()) {
            for (long i = 0; i < block; i++) {
                map.put(in.readString(), values.read(in));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    private static void writeStruct(List<?> values, List<Column> fields, List<FieldWriter> writers, Encoder out)
            throws IOException {
        for (int i = 0; i < writers.size(); i++) {
            Column field = fields.get(i);
            Object value = values.get(i);
            if (value == null && !field.nullable()) {
                throw new RowCodecException(field.name(), "is null, but required", null);
            }
            if (field.nullable()) {
                out.writeIndex(value == null ? 0 : 1);
            }
            if (value != null) {
                writers.get(i).write(value, out);
            }
        }
    }

    private static void writeMap(Map<?, ?> map, FieldWriter values, Encoder out) throws IOException {
        out.writeMapStart();
        out.setItemCount(map.size());
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.startItem();
            out.writeString((String) entry.getKey());
            out.writeIndex(entry.getValue() == null ? 0 : 1);
            if (entry.getValue() != null) {
                values.write(entry.getValue(), out);
            }
        }
        out.writeMapEnd();
    }

    private static void writeArray(List<?> array, FieldWriter elements, Encoder out) throws IOException {
        out.writeArrayStart();
        out.setItemCount(array.size());
        for (Object element : array) {
            out.startItem();
            out.writeIndex(element == null ? 0 : 1);
            if (element != null) {
                elements.write(element, out);
            }
        }
        out.writeArrayEnd();
    }

    private static byte[] readBytes(Decoder in, Schema schema) throws IOException {
        if (schema.getType() == Schema.Type.FIXED) {
            byte[] fixed = new byte[schema.getFixedSize()];
            in.readFixed(fixed);
            return fixed;
        }
        ByteBuffer buffer = in.readBytes(null);
        byte[] copy = new byte[buffer.remaining()];
        buffer.get(copy);
        return copy;
    }

    private static FieldWriter writer(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> (value, out) -> out.writeBoolean((Boolean) value);
            case DataType.Int _, DataType.Date _, DataType.Time _ -> (value, out) -> out.writeInt((Integer) value);
            case DataType.BigInt _, DataType.Timestamp _ -> (value, out) -> out.writeLong((Long) value);
            case DataType.Real _ -> (value, out) -> out.writeFloat((Float) value);
            case DataType.DoublePrecision _ -> (value, out) -> out.writeDouble((Double) value);
            case DataType.Decimal column ->
                (value, out) -> out.writeBytes(((BigDecimal) value)
                        .setScale(column.scale(), RoundingMode.UNNECESSARY)
                        .unscaledValue()
                        .toByteArray());
            case DataType.Varchar _ -> (value, out) -> out.writeString((String) value);
            case DataType.Varbinary _ -> (value, out) -> out.writeBytes((byte[]) value);
            case DataType.Array(DataType element) -> {
                FieldWriter elements = writer(element);
                yield (value, out) -> writeArray((List<?>) value, elements, out);
            }
            case DataType.Struct(List<Column> fields) -> {
                List<FieldWriter> writers =
                        fields.stream().map(field -> writer(field.type())).toList();
                yield (value, out) -> writeStruct((List<?>) value, fields, writers, out);
            }
            case DataType.Mapping(DataType value) -> {
                FieldWriter values = writer(value);
                yield (map, out) -> writeMap((Map<?, ?>) map, values, out);
            }
        };
    }
}
