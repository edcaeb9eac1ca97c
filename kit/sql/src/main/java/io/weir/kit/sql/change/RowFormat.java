package io.weir.kit.sql.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.calcite.avatica.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Rows as compact bytes, for state and for messages between operators.
 *
 * <p>A bitmap tells the nulls, then each value stands as in Avro binary. Equal rows have equal bytes, and no row's bytes start another's. Not thread-safe.
 */
public final class RowFormat {

    private final DataType[] types;
    private final int bitmapSize;
    private final ByteWriter scratch = new ByteWriter();

    public RowFormat(List<DataType> types) {
        this.types = types.toArray(DataType[]::new);
        this.bitmapSize = (types.size() + 7) / 8;
    }

    public byte[] encode(@Nullable Object[] row) {
        write(row, scratch.reset());
        return scratch.toBytes();
    }

    /** The bytes of {@code columns} of a row; this format's types are theirs. */
    public byte[] encode(@Nullable Object[] row, int[] columns) {
        scratch.reset();
        write(row, columns, scratch);
        return scratch.toBytes();
    }

    /**
     * The bytes by which rows are spread over partitions: those of {@link io.weir.kit.contract.RowCodec} for a product's key of the same types, so that a
     * repartitioned row lands beside the product's row with that key. Nulls leave no trace.
     */
    public byte[] distributionKey(@Nullable Object[] row, int[] columns) {
        scratch.reset();
        for (int i = 0; i < columns.length; i++) {
            Object value = row[columns[i]];
            if (value != null) {
                writeValue(types[i], value, scratch);
            }
        }
        return scratch.toBytes();
    }

    public @Nullable Object[] decode(byte[] bytes) {
        return read(new ByteReader(bytes));
    }

    void write(@Nullable Object[] row, ByteWriter out) {
        int bitmap = startBitmap(out);
        for (int i = 0; i < types.length; i++) {
            writeNullable(i, row[i], bitmap, out);
        }
    }

    void write(@Nullable Object[] row, int[] columns, ByteWriter out) {
        int bitmap = startBitmap(out);
        for (int i = 0; i < types.length; i++) {
            writeNullable(i, row[columns[i]], bitmap, out);
        }
    }

    @Nullable
    Object[] read(ByteReader in) {
        byte[] nulls = in.readBytes(bitmapSize);
        @Nullable Object[] row = new @Nullable Object[types.length];
        for (int i = 0; i < types.length; i++) {
            if ((nulls[i >> 3] & (1 << (i & 7))) == 0) {
                row[i] = readValue(types[i], in);
            }
        }
        return row;
    }

    private int startBitmap(ByteWriter out) {
        int bitmap = out.size();
        for (int i = 0; i < bitmapSize; i++) {
            out.writeByte(0);
        }
        return bitmap;
    }

    private void writeNullable(int i, @Nullable Object value, int bitmap, ByteWriter out) {
        if (value == null) {
            out.set(bitmap + (i >> 3), out.get(bitmap + (i >> 3)) | (1 << (i & 7)));
        } else {
            writeValue(types[i], value, out);
        }
    }

    private static void writeValue(DataType type, Object value, ByteWriter out) {
        switch (type) {
            case DataType.Bool _ -> out.writeByte((Boolean) value ? 1 : 0);
            case DataType.Int _, DataType.BigInt _, DataType.Date _, DataType.Time _, DataType.Timestamp _ ->
                out.writeLong(((Number) value).longValue());
            case DataType.Real _ -> out.writeLittleEndian(Float.floatToIntBits((Float) value), 4);
            case DataType.DoublePrecision _ -> out.writeLittleEndian(Double.doubleToLongBits((Double) value), 8);
            case DataType.Decimal decimal -> writeSized(unscaled((BigDecimal) value, decimal.scale()), out);
            case DataType.Varchar _ -> writeSized(((String) value).getBytes(UTF_8), out);
            case DataType.Varbinary _ -> writeSized(((ByteString) value).getBytes(), out);
            case DataType.Array(DataType element) -> {
                List<?> array = (List<?>) value;
                out.writeLong(array.size());
                array.forEach(one -> writePart(element, one, out));
            }
            case DataType.Struct(List<Column> fields) -> {
                List<?> struct = (List<?>) value;
                for (int i = 0; i < fields.size(); i++) {
                    writePart(fields.get(i).type(), struct.get(i), out);
                }
            }
            case DataType.Mapping(DataType of) -> {
                Map<?, ?> map = (Map<?, ?>) value;
                out.writeLong(map.size());
                map.forEach((key, one) -> {
                    writeSized(((String) key).getBytes(UTF_8), out);
                    writePart(of, one, out);
                });
            }
        }
    }

    private static void writePart(DataType type, @Nullable Object value, ByteWriter out) {
        out.writeByte(value == null ? 0 : 1);
        if (value != null) {
            writeValue(type, value, out);
        }
    }

    private static @Nullable Object readPart(DataType type, ByteReader in) {
        return in.readByte() == 0 ? null : readValue(type, in);
    }

    private static Object readValue(DataType type, ByteReader in) {
        return switch (type) {
            case DataType.Bool _ -> in.readByte() != 0;
            case DataType.Int _, DataType.Date _, DataType.Time _ -> (int) in.readLong();
            case DataType.BigInt _, DataType.Timestamp _ -> in.readLong();
            case DataType.Real _ -> Float.intBitsToFloat((int) in.readLittleEndian(4));
            case DataType.DoublePrecision _ -> Double.longBitsToDouble(in.readLittleEndian(8));
            case DataType.Decimal decimal ->
                new BigDecimal(new BigInteger(in.readBytes((int) in.readLong())), decimal.scale());
            case DataType.Varchar _ -> in.readText((int) in.readLong());
            case DataType.Varbinary _ -> new ByteString(in.readBytes((int) in.readLong()));
            case DataType.Array(DataType element) -> {
                @Nullable Object[] array = new @Nullable Object[(int) in.readLong()];
                for (int i = 0; i < array.length; i++) {
                    array[i] = readPart(element, in);
                }
                yield Collections.unmodifiableList(Arrays.asList(array));
            }
            case DataType.Struct(List<Column> fields) -> {
                @Nullable Object[] struct = new @Nullable Object[fields.size()];
                for (int i = 0; i < struct.length; i++) {
                    struct[i] = readPart(fields.get(i).type(), in);
                }
                yield Collections.unmodifiableList(Arrays.asList(struct));
            }
            case DataType.Mapping(DataType of) -> {
                Map<String, @Nullable Object> map = new TreeMap<>();
                for (long i = in.readLong(); i > 0; i--) {
                    map.put(in.readText((int) in.readLong()), readPart(of, in));
                }
                yield Collections.unmodifiableMap(map);
            }
        };
    }

    private static byte[] unscaled(BigDecimal value, int scale) {
        return value.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue().toByteArray();
    }

    private static void writeSized(byte[] bytes, ByteWriter out) {
        out.writeLong(bytes.length);
        out.writeBytes(bytes);
    }
}
