package io.weir.kit.sql.change;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.calcite.avatica.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Sort keys as bytes whose unsigned order is the order of the rows (memcomparable, as in MyRocks and CockroachDB).
 *
 * <p>Text sorts by code point (PostgreSQL's "C" collation), NaN above all numbers. Not thread-safe.
 */
public final class SortFormat {

    /** One column of an ORDER BY. */
    public record Order(int column, DataType type, boolean descending, boolean nullsFirst) {}

    private static final int NULL_FIRST = 0;
    private static final int VALUE = 1;
    private static final int NULL_LAST = 2;

    /** Behind the last element of an array: a prefix sorts before what it starts, as in PostgreSQL. */
    private static final int END = 0;

    private final List<Order> orders;

    public SortFormat(List<Order> orders) {
        this.orders = List.copyOf(orders);
    }

    void write(@Nullable Object[] row, ByteWriter out) {
        for (Order order : orders) {
            Object value = row[order.column()];
            if (value == null) {
                out.writeByte(order.nullsFirst() ? NULL_FIRST : NULL_LAST);
            } else {
                out.writeByte(VALUE);
                int start = out.size();
                writeValue(order.type(), value, out);
                if (order.descending()) {
                    out.invert(start);
                }
            }
        }
    }

    private static void writeValue(DataType type, Object value, ByteWriter out) {
        switch (type) {
            case DataType.Bool _ -> out.writeByte((Boolean) value ? 1 : 0);
            case DataType.Int _, DataType.BigInt _, DataType.Date _, DataType.Time _, DataType.Timestamp _ ->
                out.writeBigEndian(((Number) value).longValue() ^ Long.MIN_VALUE, 8);
            case DataType.Real _ -> writeDouble((Float) value, out);
            case DataType.DoublePrecision _ -> writeDouble((Double) value, out);
            case DataType.Decimal decimal ->
                writeInteger(
                        ((BigDecimal) value)
                                .setScale(decimal.scale(), RoundingMode.UNNECESSARY)
                                .unscaledValue(),
                        out);
            case DataType.Varchar _ -> writeEscaped(((String) value).getBytes(UTF_8), out);
            case DataType.Varbinary _ -> writeEscaped(((ByteString) value).getBytes(), out);
            case DataType.Array(DataType element) -> {
                ((List<?>) value).forEach(one -> writePart(element, one, out));
                out.writeByte(END);
            }
            case DataType.Struct(List<Column> fields) -> {
                List<?> struct = (List<?>) value;
                for (int i = 0; i < fields.size(); i++) {
                    writePart(fields.get(i).type(), struct.get(i), out);
                }
            }
            case DataType.Mapping(DataType of) -> {
                ((Map<?, ?>) value).forEach((key, one) -> {
                    out.writeByte(VALUE);
                    writeEscaped(((String) key).getBytes(UTF_8), out);
                    writePart(of, one, out);
                });
                out.writeByte(END);
            }
        }
    }

    private static void writePart(DataType type, @Nullable Object value, ByteWriter out) {
        out.writeByte(value == null ? NULL_LAST : VALUE);
        if (value != null) {
            writeValue(type, value, out);
        }
    }

    private static @Nullable Object readPart(DataType type, ByteReader in, int flip) {
        return (in.readByte() ^ (byte) flip) == VALUE ? readValue(type, in, flip) : null;
    }

    private static void writeDouble(double value, ByteWriter out) {
        long bits = Double.doubleToLongBits(value);
        out.writeBigEndian(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE, 8);
    }

    /** Sign and length first, then the bytes of the two's complement, which are in order for one sign and length. */
    private static void writeInteger(BigInteger value, ByteWriter out) {
        byte[] bytes = value.toByteArray();
        boolean negative = value.signum() < 0;
        out.writeByte(negative ? 0x7F - bytes.length : 0x80 + bytes.length);
        out.writeBytes(bytes);
    }

    /** A zero byte becomes 0 FF, and 0 0 ends the value, so that a prefix sorts before what it starts. */
    private static void writeEscaped(byte[] bytes, ByteWriter out) {
        for (byte next : bytes) {
            out.writeByte(next);
            if (next == 0) {
                out.writeByte(0xFF);
            }
        }
        out.writeByte(0);
        out.writeByte(0);
    }

    /** The values in the order of this format; their columns are not restored. */
    @Nullable
    Object[] read(ByteReader in) {
        @Nullable Object[] values = new @Nullable Object[orders.size()];
        for (int i = 0; i < values.length; i++) {
            Order order = orders.get(i);
            if (in.readByte() == VALUE) {
                values[i] = readValue(order.type(), in, order.descending() ? 0xFF : 0);
            }
        }
        return values;
    }

    private static Object readValue(DataType type, ByteReader in, int flip) {
        return switch (type) {
            case DataType.Bool _ -> (in.readByte() ^ (byte) flip) != 0;
            case DataType.Int _, DataType.Date _, DataType.Time _ -> (int) readSigned(in, flip);
            case DataType.BigInt _, DataType.Timestamp _ -> readSigned(in, flip);
            case DataType.Real _ -> (float) readDouble(in, flip);
            case DataType.DoublePrecision _ -> readDouble(in, flip);
            case DataType.Decimal decimal -> new BigDecimal(readInteger(in, flip), decimal.scale());
            case DataType.Varchar _ -> new String(readEscaped(in, flip), UTF_8);
            case DataType.Varbinary _ -> new ByteString(readEscaped(in, flip));
            case DataType.Array(DataType element) -> {
                List<@Nullable Object> array = new ArrayList<>();
                for (int next = in.readByte() ^ (byte) flip; next != END; next = in.readByte() ^ (byte) flip) {
                    array.add(next == VALUE ? readValue(element, in, flip) : null);
                }
                yield Collections.unmodifiableList(array);
            }
            case DataType.Struct(List<Column> fields) -> {
                List<@Nullable Object> struct = new ArrayList<>();
                fields.forEach(field -> struct.add(readPart(field.type(), in, flip)));
                yield Collections.unmodifiableList(struct);
            }
            case DataType.Mapping(DataType of) -> {
                Map<String, @Nullable Object> map = new TreeMap<>();
                while ((in.readByte() ^ (byte) flip) != END) {
                    map.put(new String(readEscaped(in, flip), UTF_8), readPart(of, in, flip));
                }
                yield Collections.unmodifiableMap(map);
            }
        };
    }

    private static long readBigEndian(ByteReader in, int flip) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = (value << 8) | ((in.readByte() ^ flip) & 0xFF);
        }
        return value;
    }

    private static long readSigned(ByteReader in, int flip) {
        return readBigEndian(in, flip) ^ Long.MIN_VALUE;
    }

    private static double readDouble(ByteReader in, int flip) {
        long bits = readBigEndian(in, flip);
        return Double.longBitsToDouble(bits < 0 ? bits ^ Long.MIN_VALUE : ~bits);
    }

    private static BigInteger readInteger(ByteReader in, int flip) {
        int sized = (in.readByte() ^ flip) & 0xFF;
        byte[] bytes = in.readBytes(sized < 0x80 ? 0x7F - sized : sized - 0x80);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] ^= (byte) flip;
        }
        return new BigInteger(bytes);
    }

    private static byte[] readEscaped(ByteReader in, int flip) {
        ByteWriter out = new ByteWriter();
        while (true) {
            int next = (in.readByte() ^ flip) & 0xFF;
            if (next == 0 && ((in.readByte() ^ flip) & 0xFF) == 0) {
                return out.toBytes();
            }
            out.writeByte(next);
        }
    }
}
