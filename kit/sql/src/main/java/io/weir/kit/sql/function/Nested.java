package io.weir.kit.sql.function;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Records, arrays and maps, as PostgreSQL compares them in columns: part by part; of their parts, nulls are equal, and greater than all else. Null where a whole is.
 *
 * <p>A record is a list, or an array where an expression has just made it.
 */
public final class Nested {

    private Nested() {}

    public static @Nullable Boolean equal(@Nullable Object a, @Nullable Object b) {
        return (a == null || b == null) ? null : (Boolean) (compare(a, b) == 0);
    }

    /** Of two nulls, too. */
    public static boolean same(@Nullable Object a, @Nullable Object b) {
        return compare(a, b) == 0;
    }

    public static @Nullable Boolean less(@Nullable Object a, @Nullable Object b) {
        return (a == null || b == null) ? null : (Boolean) (compare(a, b) < 0);
    }

    /** {@code value operator ANY (array)}, or {@code ALL}: null where it depends on what a null stands for. */
    public static @Nullable Boolean quantified(
            String operator, boolean all, @Nullable Object value, @Nullable Object array) {
        if (array == null) {
            return null;
        }
        Boolean verdict = all;
        for (Object element : (List<?>) array) {
            if (value == null || element == null) {
                verdict = null;
            } else if (holds(operator, compare(value, element)) != all) {
                return !all;
            }
        }
        return verdict;
    }

    private static boolean holds(String operator, int order) {
        return switch (operator) {
            case "=" -> order == 0;
            case "<>" -> order != 0;
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    /** A record of so many nulls. */
    public static Object nulls(int fields) {
        return Collections.nCopies(fields, null);
    }

    public static @Nullable List<@Nullable Object> toInts(@Nullable Object array) {
        return each(
                array,
                number -> decimal(number).setScale(0, RoundingMode.HALF_UP).intValueExact());
    }

    public static @Nullable List<@Nullable Object> toBigints(@Nullable Object array) {
        return each(
                array,
                number -> decimal(number).setScale(0, RoundingMode.HALF_UP).longValueExact());
    }

    public static @Nullable List<@Nullable Object> toDoubles(@Nullable Object array) {
        return each(array, Number::doubleValue);
    }

    public static @Nullable List<@Nullable Object> toDecimals(@Nullable Object array, int scale) {
        return each(array, number -> decimal(number).setScale(scale, RoundingMode.HALF_UP));
    }

    /** Of exact numbers. */
    public static @Nullable List<@Nullable Object> toTexts(@Nullable Object array) {
        return each(array, number -> decimal(number).toPlainString());
    }

    private static @Nullable List<@Nullable Object> each(@Nullable Object array, Function<Number, Object> cast) {
        if (array == null) {
            return null;
        }
        List<@Nullable Object> all = new ArrayList<>();
        for (Object one : (List<?>) array) {
            all.add(one == null ? null : cast.apply((Number) one));
        }
        return all;
    }

    private static int compare(@Nullable Object a, @Nullable Object b) {
        if (a == null || b == null) {
            return a == b ? 0 : (a == null ? 1 : -1);
        }
        if (a instanceof Map<?, ?> x && b instanceof Map<?, ?> y) {
            return compareParts(parts(x), parts(y));
        }
        if (a instanceof List<?> || a instanceof Object[]) {
            return compareParts(parts(a), parts(b));
        }
        if (isApproximate(a) || isApproximate(b)) {
            return Double.compare(((Number) a).doubleValue() + 0.0, ((Number) b).doubleValue() + 0.0);
        }
        if (a instanceof Number x && b instanceof Number y) {
            return decimal(x).compareTo(decimal(y));
        }
        if (a instanceof String x && b instanceof String y) {
            return Arrays.compareUnsigned(x.getBytes(UTF_8), y.getBytes(UTF_8));
        }
        @SuppressWarnings("unchecked")
        Comparable<Object> comparable = (Comparable<Object>) a;
        return comparable.compareTo(b);
    }

    private static boolean isApproximate(Object value) {
        return value instanceof Double || value instanceof Float;
    }

    private static List<?> parts(Object value) {
        return value instanceof Object[] made ? Arrays.asList(made) : (List<?>) value;
    }

    private static List<@Nullable Object> parts(Map<?, ?> map) {
        List<@Nullable Object> parts = new ArrayList<>();
        new TreeMap<>(map).forEach((key, value) -> {
            parts.add(key);
            parts.add(value);
        });
        return parts;
    }

    private static int compareParts(List<?> a, List<?> b) {
        Iterator<?> left = a.iterator();
        Iterator<?> right = b.iterator();
        while (left.hasNext() && right.hasNext()) {
            int order = compare(left.next(), right.next());
            if (order != 0) {
                return order;
            }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
    }

    private static BigDecimal decimal(Number number) {
        return number instanceof BigDecimal decimal ? decimal : BigDecimal.valueOf(number.longValue());
    }
}
