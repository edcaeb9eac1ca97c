package io.weir.kit.sql.function;

import java.math.BigDecimal;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.linq4j.function.Strict;

/** Casts from and to text as PostgreSQL reads and writes values. Null in, null out; a {@link ValueException} where the text is no such value. */
@Strict
public final class Casts {

    private static final int DOUBLE_DIGITS = 15;
    private static final int REAL_DIGITS = 6;

    private Casts() {}

    public static String doubleToText(double number) {
        return floating(number, Double.toString(number), DOUBLE_DIGITS);
    }

    public static String realToText(float number) {
        return floating(number, Float.toString(number), REAL_DIGITS);
    }

    private static String floating(double number, String shortest, int plainDigits) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
        }
        if (number == 0) {
            return shortest.startsWith("-") ? "-0" : "0";
        }
        BigDecimal value = new BigDecimal(shortest).stripTrailingZeros();
        int exponent = value.precision() - value.scale() - 1;
        if (exponent >= -4 && exponent < plainDigits) {
            return value.toPlainString();
        }
        String digits = value.unscaledValue().abs().toString();
        return (number < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + (exponent < 0 ? "e-" : "e+")
                + (Math.abs(exponent) < 10 ? "0" : "")
                + Math.abs(exponent);
    }

    public static String timeToText(int time) {
        return clock(LocalTime.ofNanoOfDay(time * 1_000_000L));
    }

    public static String timestampToText(long timestamp) {
        var local = Times.local(timestamp);
        return local.toLocalDate() + " " + clock(local.toLocalTime());
    }

    public static String timestamptzToText(long timestamp) {
        return timestampToText(timestamp) + "+00";
    }

    private static String clock(LocalTime time) {
        StringBuilder out = new StringBuilder(12);
        two(time.getHour(), out.append("")).append(':');
        two(time.getMinute(), out).append(':');
        two(time.getSecond(), out);
        int ms = time.getNano() / 1_000_000;
        if (ms != 0) {
            String digits = String.valueOf(1000 + ms).substring(1);
            int end = digits.length();
            while (digits.charAt(end - 1) == '0') {
                end--;
            }
            out.append('.').append(digits, 0, end);
        }
        return out.toString();
    }

    private static StringBuilder two(int number, StringBuilder out) {
        return out.append(number < 10 ? "0" : "").append(number);
    }

    public static String bytesToText(ByteString bytes) {
        return "\\x" + HexFormat.of().formatHex(bytes.getBytes());
    }

    public static ByteString textToBytes(String text) {
        if (!text.startsWith("\\x")) {
            throw new ValueException("the text is not bytes in hexadecimal form, \\x0123");
        }
        return Texts.decode(text.substring(2), "hex");
    }

    /** {@code true}, {@code yes}, {@code on}, {@code 1} and their opposites; the words may be cut short as long as one is meant. */
    public static boolean textToBoolean(String text) {
        String word = text.strip().toLowerCase(Locale.ROOT);
        return switch (word) {
            case "t", "tr", "tru", "true", "y", "ye", "yes", "on", "1" -> true;
            case "f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0" -> false;
            default -> throw new ValueException("the text is neither true nor false");
        };
    }

    public static int textToDate(String text) {
        String bare = text.strip();
        if (bare.length() > 10 && (bare.indexOf(' ') > 0 || bare.indexOf('T') > 0)) {
            return Math.toIntExact(Math.floorDiv(Times.timestamp(bare, false), 86_400_000L));
        }
        return Math.toIntExact(Times.date(bare).toEpochDay());
    }

    public static int textToTime(String text) {
        return (int) (Times.time(text).toNanoOfDay() / 1_000_000);
    }

    public static long textToTimestamp(String text) {
        return Times.timestamp(text, false);
    }

    public static long textToTimestamptz(String text) {
        return Times.timestamp(text, true);
    }

    /** A timestamp with and one without zone are the same number, as the session's zone is UTC. */
    public static long sameTimestamp(long timestamp) {
        return timestamp;
    }
}
