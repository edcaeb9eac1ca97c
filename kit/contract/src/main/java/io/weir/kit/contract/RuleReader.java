package io.weir.kit.contract;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Row rules from ODCS's {@code logicalTypeOptions}. */
final class RuleReader {

    private static final Map<String, Predicate<String>> FORMATS = new TreeMap<>(Map.of(
            "email", matches("[^\\s@]+@[^\\s@.]+(?:\\.[^\\s@.]+)+"),
            "uuid", matches("(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
            "uri", RuleReader::uri,
            "hostname",
                    matches(
                            "(?i)(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*"),
            "ipv4", matches("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}"),
            "ipv6", RuleReader::ipv6,
            "byte", matches("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
            "binary", _ -> true,
            "password", _ -> true));

    private static final Map<String, List<BigDecimal>> WHOLE = new TreeMap<>(Map.of(
            "i8", bits(7, true),
            "i16", bits(15, true),
            "i32", bits(31, true),
            "i64", bits(63, true),
            "i128", bits(127, true),
            "u8", bits(8, false),
            "u16", bits(16, false),
            "u32", bits(32, false),
            "u64", bits(64, false),
            "u128", bits(128, false)));

    private final Column column;
    private final int position;
    private final Optional<DataProduct.OnViolation> onViolation;
    private final List<RowRule> rules = new ArrayList<>();

    private RuleReader(Column column, int position, Optional<DataProduct.OnViolation> onViolation) {
        this.column = column;
        this.position = position;
        this.onViolation = onViolation;
    }

    /** The rules of one property; mistakes become problems of {@code property}. */
    static List<RowRule> read(
            Fields property,
            Column column,
            int position,
            int maxLength,
            Optional<DataProduct.OnViolation> onViolation) {
        if (column.type().isNested()) {
            return NestedRules.read(property, column, position, onViolation);
        }
        RuleReader reader = new RuleReader(column, position, onViolation);
        Fields options = property.objectOrNull("logicalTypeOptions");
        boolean limited = options != null && options.has("maxLength");
        if (maxLength >= 0 && !limited) {
            reader.length("maxLength", maxLength);
        }
        if (options != null) {
            switch (column.type()) {
                case DataType.Varchar _, DataType.Varbinary _ -> reader.text(options);
                case DataType.Int _, DataType.BigInt _ -> reader.number(options, WHOLE);
                case DataType.Real _, DataType.DoublePrecision _, DataType.Decimal _ ->
                    reader.number(options, Map.of("f32", List.of(), "f64", List.of()));
                case DataType.Date _, DataType.Time _ -> reader.time(options);
                case DataType.Timestamp _ -> reader.time(options);
                case DataType.Bool _ -> options.allow();
                case DataType.Array _, DataType.Mapping _, DataType.Struct _ -> {}
            }
        }
        return reader.rules;
    }

    private void text(Fields options) {
        options.allow("minLength", "maxLength", "pattern", "format");
        if (options.has("minLength")) {
            length("minLength", options.count("minLength", 0));
        }
        if (options.has("maxLength")) {
            length("maxLength", options.count("maxLength", 0));
        }
        String pattern = options.textOr("pattern", null);
        if (pattern != null) {
            pattern(options, "pattern", pattern).ifPresent(test -> add("pattern", "the pattern " + pattern, test));
        }
        String format = options.textOr("format", null);
        if (format != null) {
            Predicate<String> test = FORMATS.get(format);
            if (test == null) {
                options.problem(
                        "format",
                        "format \"%s\" is not known%s".formatted(format, DidYouMean.hint(format, FORMATS.keySet())));
            } else {
                add("format", "the form of " + format, value -> test.test((String) value));
            }
        }
    }

    /** Finds the pattern in a text (ECMA-262 searches; only ^ and $ tie it to the whole text); empty, with a problem, where it is none. */
    static Optional<Predicate<Object>> pattern(Fields options, String field, String pattern) {
        try {
            Pattern compiled = Pattern.compile(pattern);
            return Optional.of(value -> compiled.matcher((String) value).find());
        } catch (PatternSyntaxException e) {
            options.problem(field, "%s is no regular expression: %s".formatted(field, e.getDescription()));
            return Optional.empty();
        }
    }

    private void length(String name, int limit) {
        IntPredicate test = name.equals("minLength") ? length -> length >= limit : length -> length <= limit;
        String demand = (name.equals("minLength") ? "at least %d %s" : "at most %d %s")
                .formatted(limit, column.type() instanceof DataType.Varbinary ? "bytes" : "characters");
        add(
                name,
                demand,
                column.type() instanceof DataType.Varbinary
                        ? value -> test.test(((byte[]) value).length)
                        : value -> test.test(((String) value).codePointCount(0, ((String) value).length())));
    }

    private void number(Fields options, Map<String, List<BigDecimal>> formats) {
        options.allow("multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "format");
        for (String name : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            BigDecimal bound = options.number(name);
            if (bound != null) {
                bound(name, bound, bound.toPlainString());
            }
        }
        BigDecimal multiple = options.number("multipleOf");
        if (multiple != null && multiple.signum() <= 0) {
            options.problem("multipleOf", "\"multipleOf\" needs a number above 0, found " + multiple.toPlainString());
        } else if (multiple != null) {
            add(
                    "multipleOf",
                    "a multiple of " + multiple.toPlainString(),
                    value -> exact(value).remainder(multiple).signum() == 0);
        }
        String format = options.textOr("format", null);
        if (format != null && !formats.containsKey(format)) {
            options.problem(
                    "format",
                    "format \"%s\" is not known%s".formatted(format, DidYouMean.hint(format, formats.keySet())));
        } else if (format != null) {
            List<BigDecimal> range = formats.getOrDefault(format, List.of());
            if (!range.isEmpty()) {
                add(
                        "format",
                        "a number of format " + format,
                        value -> exact(value).compareTo(range.getFirst()) >= 0
                                && exact(value).compareTo(range.getLast()) <= 0);
            }
        }
    }

    private void time(Fields options) {
        options.allow(
                column.type() instanceof DataType.Date
                        ? new String[] {"format", "exclusiveMaximum", "maximum", "exclusiveMinimum", "minimum"}
                        : new String[] {
                            "format",
                            "exclusiveMaximum",
                            "maximum",
                            "exclusiveMinimum",
                            "minimum",
                            "timezone",
                            "defaultTimezone"
                        });
        for (String name : List.of("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum")) {
            String bound = options.textOr(name, null);
            if (bound != null) {
                Long value = moment(bound);
                if (value == null) {
                    options.problem(
                            name,
                            "%s \"%s\" is no %s: write it as %s"
                                    .formatted(name, bound, TypeNames.sql(column.type()), example()));
                } else {
                    bound(name, BigDecimal.valueOf(value), bound);
                }
            }
        }
    }

    private void bound(String name, BigDecimal bound, String shown) {
        String demand =
                switch (name) {
                    case "minimum" -> "at least ";
                    case "exclusiveMinimum" -> "more than ";
                    case "maximum" -> "at most ";
                    default -> "less than ";
                };
        add(name, demand + shown, test(name, bound));
    }

    private Predicate<Object> test(String name, BigDecimal bound) {
        switch (column.type()) {
            case DataType.Int _, DataType.BigInt _, DataType.Date _, DataType.Time _, DataType.Timestamp _ -> {
                // Whole numbers: every bound is an inclusive one.
                return switch (name) {
                    case "minimum" -> atLeast(bound.setScale(0, RoundingMode.CEILING));
                    case "exclusiveMinimum" ->
                        atLeast(bound.setScale(0, RoundingMode.FLOOR).add(BigDecimal.ONE));
                    case "maximum" -> atMost(bound.setScale(0, RoundingMode.FLOOR));
                    default -> atMost(bound.setScale(0, RoundingMode.CEILING).subtract(BigDecimal.ONE));
                };
            }
            case DataType.Real _, DataType.DoublePrecision _ -> {
                double limit = bound.doubleValue();
                return switch (name) {
                    case "minimum" -> value -> ((Number) value).doubleValue() >= limit;
                    case "exclusiveMinimum" -> value -> ((Number) value).doubleValue() > limit;
                    case "maximum" -> value -> ((Number) value).doubleValue() <= limit;
                    default -> value -> ((Number) value).doubleValue() < limit;
                };
            }
            default -> {
                return switch (name) {
                    case "minimum" -> value -> ((BigDecimal) value).compareTo(bound) >= 0;
                    case "exclusiveMinimum" -> value -> ((BigDecimal) value).compareTo(bound) > 0;
                    case "maximum" -> value -> ((BigDecimal) value).compareTo(bound) <= 0;
                    default -> value -> ((BigDecimal) value).compareTo(bound) < 0;
                };
            }
        }
    }

    private static Predicate<Object> atLeast(BigDecimal bound) {
        if (bound.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            return _ -> false;
        }
        long limit = bound.max(BigDecimal.valueOf(Long.MIN_VALUE)).longValueExact();
        return value -> ((Number) value).longValue() >= limit;
    }

    private static Predicate<Object> atMost(BigDecimal bound) {
        if (bound.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0) {
            return _ -> false;
        }
        long limit = bound.min(BigDecimal.valueOf(Long.MAX_VALUE)).longValueExact();
        return value -> ((Number) value).longValue() <= limit;
    }

    private void add(String name, String demand, Predicate<Object> test) {
        rules.add(new ValueRule(name, column.name(), demand, position, test, onViolation));
    }

    private @Nullable Long moment(String text) {
        try {
            return switch (column.type()) {
                case DataType.Date _ -> LocalDate.parse(text).toEpochDay();
                case DataType.Time _ -> LocalTime.parse(text).toNanoOfDay() / 1_000_000;
                default -> timestampMs(text);
            };
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private String example() {
        return switch (column.type()) {
            case DataType.Date _ -> "2026-01-31";
            case DataType.Time _ -> "18:30:00";
            default -> "2026-01-31T18:30:00Z";
        };
    }

    /** ISO 8601 with an offset, or without one for UTC. */
    static long timestampMs(String text) {
        String iso = text.replace(' ', 'T');
        int t = iso.indexOf('T');
        boolean zoned = t > 0 && (iso.endsWith("Z") || iso.lastIndexOf('+') > t || iso.lastIndexOf('-') > t);
        Instant instant = zoned
                ? OffsetDateTime.parse(iso).toInstant()
                : t < 0
                        ? LocalDate.parse(iso).atStartOfDay().toInstant(ZoneOffset.UTC)
                        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        return instant.toEpochMilli();
    }

    private static BigDecimal exact(Object value) {
        return switch (value) {
            case BigDecimal number -> number;
            case Double number -> finite(number, number.toString());
            case Float number -> finite(number, number.toString());
            default -> BigDecimal.valueOf(((Number) value).longValue());
        };
    }

    /** What is no number is a multiple of nothing. */
    private static BigDecimal finite(double number, String shortest) {
        return Double.isFinite(number) ? new BigDecimal(shortest) : BigDecimal.valueOf(Double.MIN_VALUE);
    }

    private static List<BigDecimal> bits(int bits, boolean signed) {
        BigDecimal top = BigDecimal.TWO.pow(bits);
        return List.of(signed ? top.negate() : BigDecimal.ZERO, top.subtract(BigDecimal.ONE));
    }

    private static Predicate<String> matches(String pattern) {
        return Pattern.compile(pattern).asMatchPredicate();
    }

    private static boolean ipv6(String text) {
        try {
            return text.indexOf(':') >= 0 && text.matches("[0-9A-Fa-f:.]+") && InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    private static boolean uri(String text) {
        try {
            return new URI(text).isAbsolute();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
