package io.weir.ingest;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Values of Debezium's PostgreSQL events, in Avro, as values of the contract's types.
 *
 * <p>A conversion that would lose digits, range or characters is refused with an {@link UnfitException}; only fractions of a second beyond milliseconds are cut
 * off, except in a key. What a value means stands in its schema's {@code connect.name} (Debezium documentation, PostgreSQL connector, data type mappings).
 */
final class SourceValues {

    private static final long MS_PER_DAY = 86_400_000L;

    private SourceValues() {}

    /** The value has no form in the column's type. Its message never holds the value. */
    static final class UnfitException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnfitException(String message) {
            super(message, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /** Converts the values of one field of one schema. */
    interface Converter {
        /** {@code exact} refuses to cut off fractions of a millisecond. */
        Object convert(Object value, boolean exact);
    }

    /** How to read what {@code written} describes as a {@code type}; an {@link UnfitException} where no value of it can be. */
    static Converter converter(Schema written, DataType type) {
        return converterOf(plain(written), type);
    }

    private static Converter converterOf(Schema from, DataType to) {
        String meaning = meaning(from);
        return switch (to) {
            case DataType.Bool _ when from.getType() == Schema.Type.BOOLEAN -> (value, exact) -> value;
            case DataType.Int _ ->
                (value, exact) -> inRange(decimal(from, meaning, value), Integer.MIN_VALUE, Integer.MAX_VALUE)
                        .intValueExact();
            case DataType.BigInt _ ->
                (value, exact) -> inRange(decimal(from, meaning, value), Long.MIN_VALUE, Long.MAX_VALUE)
                        .longValueExact();
            case DataType.Real _ ->
                (value, exact) -> number(from, meaning, value).floatValue();
            case DataType.DoublePrecision _ ->
                (value, exact) -> number(from, meaning, value).doubleValue();
            case DataType.Decimal(int precision, int scale) ->
                (value, exact) -> scaled(decimal(from, meaning, value), precision, scale);
            case DataType.Varchar _ when isText(from) -> (value, exact) -> String.valueOf(value);
            case DataType.Varbinary _
            when from.getType() == Schema.Type.BYTES || from.getType() == Schema.Type.FIXED ->
                (value, exact) -> bytes(value);
            case DataType.Date _ -> (value, exact) -> date(meaning, value);
            case DataType.Time _ -> (value, exact) -> timeOfDay(meaning, value, exact);
            case DataType.Timestamp _ -> (value, exact) -> timestamp(meaning, value, exact);
            case DataType.Array(DataType element)
            when from.getType() == Schema.Type.ARRAY -> {
                Converter elements = converter(from.getElementType(), element);
                yield (value, exact) -> array((Iterable<?>) value, elements, exact);
            }
            case DataType.Mapping(DataType value)
            when from.getType() == Schema.Type.MAP -> {
                Converter values = converter(from.getValueType(), value);
                yield (map, exact) -> map((Map<?, ?>) map, values, exact);
            }
            case DataType.Struct(List<Column> fields) when from.getType() == Schema.Type.RECORD -> struct(from, fields);
            case DataType.Bool _,
                    DataType.Varchar _,
                    DataType.Varbinary _,
                    DataType.Array _,
                    DataType.Mapping _,
                    DataType.Struct _ -> throw new UnfitException("a %s is no %s".formatted(name(from, meaning), to));
        };
    }

    private static List<@Nullable Object> array(Iterable<?> values, Converter elements, boolean exact) {
        List<@Nullable Object> array = new ArrayList<>();
        for (Object value : values) {
            array.add(value == null ? null : elements.convert(value, exact));
        }
        return Collections.unmodifiableList(array);
    }

    private static Map<String, @Nullable Object> map(Map<?, ?> values, Converter converter, boolean exact) {
        Map<String, @Nullable Object> map = new TreeMap<>();
        values.forEach((key, value) -> map.put(key.toString(), value == null ? null : converter.convert(value, exact)));
        return Collections.unmodifiableMap(map);
    }

    /** Fields by name; one that the source lacks is null. */
    private static Converter struct(Schema from, List<Column> fields) {
        List<@Nullable Converter> converters = new ArrayList<>();
        for (Column field : fields) {
            Schema.Field there = from.getField(field.name());
            converters.add(there == null ? null : converter(there.schema(), field.type()));
        }
        return (value, exact) -> {
            List<@Nullable Object> struct = new ArrayList<>();
            for (int i = 0; i < fields.size(); i++) {
                Converter converter = converters.get(i);
                Object one = converter == null
                        ? null
                        : ((GenericRecord) value).get(fields.get(i).name());
                struct.add(one == null || converter == null ? null : converter.convert(one, exact));
            }
            return Collections.unmodifiableList(struct);
        };
    }

    /** The schema beside null. */
    static Schema plain(Schema schema) {
        if (schema.getType() != Schema.Type.UNION) {
            return schema;
        }
        return schema.getTypes().stream()
                .filter(member -> member.getType() != Schema.Type.NULL)
                .findFirst()
                .orElse(schema);
    }

    /** The Connect schema's name, or the logical type that says the same. */
    private static String meaning(Schema schema) {
        String name = schema.getProp("connect.name");
        if (name != null) {
            return name;
        }
        if (schema.getType() == Schema.Type.RECORD) {
            return schema.getFullName();
        }
        LogicalType logical = schema.getLogicalType();
        return logical == null ? "" : logical.getName();
    }

    private static String name(Schema schema, String meaning) {
        return meaning.isEmpty() ? schema.getType().getName() : meaning;
    }

    private static boolean isText(Schema schema) {
        return schema.getType() == Schema.Type.STRING || schema.getType() == Schema.Type.ENUM;
    }

    private static Number number(Schema from, String meaning, Object value) {
        return value instanceof Float || value instanceof Double ? (Number) value : decimal(from, meaning, value);
    }

    private static BigDecimal decimal(Schema from, String meaning, Object value) {
        try {
            return switch (value) {
                case Integer number when isPlainNumber(meaning) -> BigDecimal.valueOf(number);
                case Long number when isPlainNumber(meaning) -> BigDecimal.valueOf(number);
                case Float number -> new BigDecimal(number.toString());
                case Double number -> new BigDecimal(number.toString());
                case ByteBuffer unscaled -> new BigDecimal(new BigInteger(bytes(unscaled)), scale(from));
                case GenericRecord variable
                when meaning.equals("io.debezium.data.VariableScaleDecimal") ->
                    new BigDecimal(
                            new BigInteger(bytes(variable.get("value"))), ((Number) variable.get("scale")).intValue());
                case Utf8 text -> new BigDecimal(text.toString());
                case String text -> new BigDecimal(text);
                default -> throw new UnfitException("a %s is no number".formatted(name(from, meaning)));
            };
        } catch (NumberFormatException e) {
            throw new UnfitException("is no number");
        }
    }

    /** A count of microseconds or days is no number that a column means. */
    private static boolean isPlainNumber(String meaning) {
        return !meaning.startsWith("io.debezium.time.") && !meaning.startsWith("org.apache.kafka.connect.data.");
    }

    private static int scale(Schema from) {
        if (from.getLogicalType() instanceof LogicalTypes.Decimal decimal) {
            return decimal.getScale();
        }
        Object parameters = from.getObjectProp("connect.parameters");
        if (parameters instanceof java.util.Map<?, ?> map && map.get("scale") != null) {
            return Integer.parseInt(String.valueOf(map.get("scale")));
        }
        throw new UnfitException("bytes are no number");
    }

    private static BigDecimal inRange(BigDecimal number, long low, long high) {
        if (number.stripTrailingZeros().scale() > 0) {
            throw new UnfitException("has a fraction");
        }
        if (number.compareTo(BigDecimal.valueOf(low)) < 0 || number.compareTo(BigDecimal.valueOf(high)) > 0) {
            throw new UnfitException("is out of range");
        }
        return number;
    }

    private static BigDecimal scaled(BigDecimal number, int precision, int scale) {
        BigDecimal scaled;
        try {
            scaled = number.setScale(scale, RoundingMode.UNNECESSARY);
        } catch (ArithmeticException e) {
            throw new UnfitException("has more than %d digits after the point".formatted(scale));
        }
        if (scaled.precision() > precision) {
            throw new UnfitException("has more than %d digits".formatted(precision));
        }
        return scaled;
    }

    private static byte[] bytes(@Nullable Object value) {
        return switch (value) {
            case ByteBuffer buffer -> {
                byte[] copy = new byte[buffer.remaining()];
                buffer.duplicate().get(copy);
                yield copy;
            }
            case byte[] array -> array;
            case org.apache.avro.generic.GenericFixed fixed -> fixed.bytes();
            case null, default -> throw new UnfitException("is no byte string");
        };
    }

    private static int date(String meaning, Object value) {
        return switch (meaning) {
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date", "date" -> ((Number) value).intValue();
            case "" -> parsed(() -> Math.toIntExact(LocalDate.parse(text(value)).toEpochDay()));
            default -> throw new UnfitException("a %s is no date".formatted(meaning));
        };
    }

    private static int timeOfDay(String meaning, Object value, boolean exact) {
        long ms =
                switch (meaning) {
                    case "io.debezium.time.Time", "org.apache.kafka.connect.data.Time", "time-millis" ->
                        ((Number) value).longValue();
                    case "io.debezium.time.MicroTime", "time-micros" -> cut((Number) value, 1_000L, exact);
                    case "io.debezium.time.NanoTime" -> cut((Number) value, 1_000_000L, exact);
                    case "io.debezium.time.ZonedTime" ->
                        parsed(() -> {
                            OffsetTime time = OffsetTime.parse(text(value)).withOffsetSameInstant(ZoneOffset.UTC);
                            return cut(time.toLocalTime().toNanoOfDay(), 1_000_000L, exact);
                        });
                    case "" -> parsed(() -> cut(LocalTime.parse(text(value)).toNanoOfDay(), 1_000_000L, exact));
                    default -> throw new UnfitException("a %s is no time of day".formatted(meaning));
                };
        if (ms < 0 || ms >= MS_PER_DAY) {
            throw new UnfitException("is no time of day");
        }
        return (int) ms;
    }

    private static long timestamp(String meaning, Object value, boolean exact) {
        return switch (meaning) {
            case "io.debezium.time.Timestamp",
                    "org.apache.kafka.connect.data.Timestamp",
                    "timestamp-millis",
                    "local-timestamp-millis" -> ((Number) value).longValue();
            case "io.debezium.time.MicroTimestamp", "timestamp-micros", "local-timestamp-micros" ->
                cut((Number) value, 1_000L, exact);
            case "io.debezium.time.NanoTimestamp" -> cut((Number) value, 1_000_000L, exact);
            case "io.debezium.time.ZonedTimestamp" ->
                parsed(() -> ms(OffsetDateTime.parse(text(value)).toInstant(), exact));
            case "io.debezium.time.Date", "org.apache.kafka.connect.data.Date", "date" ->
                ((Number) value).longValue() * MS_PER_DAY;
            case "" -> parsed(() -> ms(LocalDateTime.parse(text(value)).toInstant(ZoneOffset.UTC), exact));
            default -> throw new UnfitException("a %s is no timestamp".formatted(meaning));
        };
    }

    private static long ms(Instant instant, boolean exact) {
        if (exact && !instant.equals(Instant.ofEpochMilli(instant.toEpochMilli()))) {
            throw fraction();
        }
        return instant.toEpochMilli();
    }

    private static long cut(Number value, long unitsPerMs, boolean exact) {
        long units = value.longValue();
        if (exact && Math.floorMod(units, unitsPerMs) != 0) {
            throw fraction();
        }
        return Math.floorDiv(units, unitsPerMs);
    }

    private static UnfitException fraction() {
        return new UnfitException("has a fraction of a millisecond, which a key cannot hold");
    }

    private static String text(Object value) {
        if (value instanceof CharSequence) {
            return value.toString();
        }
        throw new UnfitException("is no text");
    }

    private interface Parser<T> {
        T parse();
    }

    private static <T> T parsed(Parser<T> parser) {
        try {
            return parser.parse();
        } catch (DateTimeException | ArithmeticException e) {
            throw new UnfitException("does not read as a date or time");
        }
    }
}
