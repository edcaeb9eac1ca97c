package io.weir.cli.verify;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Values of rows, whichever engine they come from, in the representation of {@link DataType}; and when two of them are the same. */
final class Values {

    private static final double TOLERANCE = 1e-9;
    private static final double APPROXIMATE = 0.04;

    private Values() {}

    /** What a JDBC driver gave, as a value of this type. An {@link IllegalArgumentException} where it is none. */
    static @Nullable Object of(@Nullable Object given, DataType type) {
        if (given == null) {
            return null;
        }
        return switch (type) {
            case DataType.Bool _ -> given instanceof Boolean ? given : unfit(given, type);
            case DataType.Int _ -> Math.toIntExact(number(given, type).longValueExact());
            case DataType.BigInt _ -> number(given, type).longValueExact();
            case DataType.Real _ -> number(given, type).floatValue();
            case DataType.DoublePrecision _ ->
                given instanceof Double ? given : number(given, type).doubleValue();
            case DataType.Decimal _ -> number(given, type);
            case DataType.Varchar _ -> given.toString();
            case DataType.Date _ -> (int) date(given, type).toEpochDay();
            case DataType.Time _ -> time(given, type).get(ChronoField.MILLI_OF_DAY);
            case DataType.Timestamp _ -> millis(given, type);
            case DataType.Varbinary _ -> given instanceof byte[] ? given : unfit(given, type);
            case DataType.Array(DataType element) -> array(given, element);
            case DataType.Struct(List<Column> fields) -> struct(given, fields);
            case DataType.Mapping(DataType value) -> map(given, value);
        };
    }

    private static List<@Nullable Object> array(Object given, DataType element) {
        List<?> values =
                switch (given) {
                    case Object[] array -> Arrays.asList(array);
                    case java.sql.Array array -> Arrays.asList(elements(array));
                    case List<?> list -> list;
                    default -> List.of(unfit(given, element));
                };
        List<@Nullable Object> array = new ArrayList<>();
        values.forEach(value -> array.add(of(value, element)));
        return array;
    }

    private static List<@Nullable Object> struct(Object given, List<Column> fields) {
        Object[] values =
                switch (given) {
                    case Struct struct -> attributes(struct);
                    case List<?> list -> list.toArray();
                    default -> throw new IllegalArgumentException("no record: " + given.getClass());
                };
        List<@Nullable Object> struct = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            struct.add(of(values[i], fields.get(i).type()));
        }
        return struct;
    }

    private static Object[] elements(java.sql.Array array) {
        try {
            return (Object[]) array.getArray();
        } catch (SQLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Object[] attributes(Struct struct) {
        try {
            return struct.getAttributes();
        } catch (SQLException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Map<String, @Nullable Object> map(Object given, DataType value) {
        Map<String, @Nullable Object> map = new TreeMap<>();
        ((Map<?, ?>) given).forEach((key, one) -> map.put(String.valueOf(key), of(one, value)));
        return map;
    }

    /** Whether a number can be what an approximate aggregate gives for the exact one: five standard errors of a distinct count. */
    static boolean near(@Nullable Object a, @Nullable Object b) {
        return a instanceof Number x
                && b instanceof Number y
                && Math.abs(x.doubleValue() - y.doubleValue())
                        <= APPROXIMATE * Math.max(Math.abs(x.doubleValue()), Math.abs(y.doubleValue()));
    }

    /** Decimals by number, floating point to 1e-9 of the larger, the rest exactly. Both nulls are the same. */
    static boolean same(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b;
        }
        if (a instanceof BigDecimal x && b instanceof BigDecimal y) {
            return x.compareTo(y) == 0;
        }
        if (a instanceof Double || a instanceof Float) {
            double x = ((Number) a).doubleValue();
            double y = b instanceof Number number ? number.doubleValue() : Double.NaN;
            return Double.compare(x, y) == 0 || Math.abs(x - y) <= TOLERANCE * Math.max(Math.abs(x), Math.abs(y));
        }
        if (a instanceof List<?> x && b instanceof List<?> y) {
            return x.size() == y.size() && IntStream.range(0, x.size()).allMatch(i -> same(x.get(i), y.get(i)));
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return x.keySet().equals(y.keySet())
                    && x.entrySet().stream().allMatch(one -> same(one.getValue(), y.get(one.getKey())));
        }
        return canonical(a).equals(canonical(b));
    }

    /** A form that has {@code equals} and {@code hashCode}: for keys. */
    static Object canonical(Object value) {
        return switch (value) {
            case BigDecimal number -> number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
            case byte[] bytes -> ByteBuffer.wrap(bytes);
            case List<?> list ->
                list.stream()
                        .map(element -> element == null ? Optional.empty() : Optional.of(canonical(element)))
                        .toList();
            case Map<?, ?> map -> {
                Map<Object, Object> parts = new TreeMap<>();
                map.forEach((key, one) -> parts.put(key, one == null ? Optional.empty() : canonical(one)));
                yield parts;
            }
            default -> value;
        };
    }

    /** As a person reads it. */
    static String text(@Nullable Object value, DataType type) {
        if (value == null) {
            return "null";
        }
        return switch (type) {
            case DataType.Date _ -> LocalDate.ofEpochDay((Integer) value).toString();
            case DataType.Time _ ->
                LocalTime.ofNanoOfDay((Integer) value * 1_000_000L).toString();
            case DataType.Timestamp _ ->
                LocalDateTime.ofEpochSecond(
                                Math.floorDiv((Long) value, 1000L),
                                (int) Math.floorMod((Long) value, 1000L) * 1_000_000,
                                ZoneOffset.UTC)
                        .toString();
            case DataType.Varbinary _ -> HexFormat.of().formatHex((byte[]) value);
            case DataType.Decimal _ -> ((BigDecimal) value).toPlainString();
            case DataType.Varchar _ -> "'" + value + "'";
            case DataType.Array(DataType element) ->
                ((List<?>) value).stream().map(one -> text(one, element)).collect(Collectors.joining(", ", "[", "]"));
            case DataType.Struct(List<Column> fields) ->
                IntStream.range(0, fields.size())
                        .mapToObj(i -> fields.get(i).name() + ": "
                                + text(((List<?>) value).get(i), fields.get(i).type()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case DataType.Mapping(DataType of) ->
                ((Map<?, ?>) value)
                        .entrySet().stream()
                                .map(one -> "'%s': %s".formatted(one.getKey(), text(one.getValue(), of)))
                                .collect(Collectors.joining(", ", "{", "}"));
            case DataType.Bool _, DataType.Int _, DataType.BigInt _, DataType.Real _, DataType.DoublePrecision _ ->
                value.toString();
        };
    }

    private static BigDecimal number(Object given, DataType type) {
        return switch (given) {
            case BigDecimal decimal -> decimal;
            case java.math.BigInteger integer -> new BigDecimal(integer);
            case Double number -> BigDecimal.valueOf(number);
            case Float number -> new BigDecimal(number.toString());
            case Number number -> BigDecimal.valueOf(number.longValue());
            default -> throw new IllegalArgumentException(wrong(given, type));
        };
    }

    private static LocalDate date(Object given, DataType type) {
        return switch (given) {
            case LocalDate date -> date;
            case java.sql.Date date -> date.toLocalDate();
            default -> throw new IllegalArgumentException(wrong(given, type));
        };
    }

    private static LocalTime time(Object given, DataType type) {
        return switch (given) {
            case LocalTime time -> time;
            case java.sql.Time time -> time.toLocalTime();
            default -> throw new IllegalArgumentException(wrong(given, type));
        };
    }

    private static long millis(Object given, DataType type) {
        return switch (given) {
            case LocalDateTime time -> time.toInstant(ZoneOffset.UTC).toEpochMilli();
            case java.sql.Timestamp time ->
                time.toLocalDateTime().toInstant(ZoneOffset.UTC).toEpochMilli();
            case OffsetDateTime time -> time.toInstant().toEpochMilli();
            case LocalDate date -> date.atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
            default -> throw new IllegalArgumentException(wrong(given, type));
        };
    }

    private static Object unfit(Object given, DataType type) {
        throw new IllegalArgumentException(wrong(given, type));
    }

    private static String wrong(Object given, DataType type) {
        return "a %s is no %s".formatted(given.getClass().getSimpleName(), type);
    }
}
