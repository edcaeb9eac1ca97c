package io.weir.kit.sql.function;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.TextStyle;
import java.time.temporal.IsoFields;
import java.time.temporal.JulianFields;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.linq4j.function.Strict;

/** PostgreSQL's {@code to_char}, {@code to_date} and {@code to_timestamp}, with the patterns of its documentation that have no locale. Null in, null out. */
@Strict
public final class Formats {

    /** Longer ones first where one starts another. */
    private static final List<String> FIELDS = List.of(
            "HH24", "HH12", "HH", "MI", "SSSSS", "SS", "MS", "US", "A.M.", "P.M.", "AM", "PM", "Y,YYY", "YYYY", "YYY",
            "YY", "Y", "IYYY", "IYY", "IY", "MONTH", "MON", "MM", "DAY", "DY", "DDD", "IDDD", "DD", "ID", "D", "IW",
            "I", "WW", "W", "CC", "J", "Q", "TZ");

    private Formats() {}

    public static String timestampToChar(long timestamp, String format) {
        return format(Times.local(timestamp), format, "");
    }

    public static String timestamptzToChar(long timestamp, String format) {
        return format(Times.local(timestamp), format, "UTC");
    }

    public static String dateToChar(int date, String format) {
        return format(LocalDate.ofEpochDay(date).atStartOfDay(), format, "");
    }

    private static String format(LocalDateTime time, String format, String zone) {
        StringBuilder out = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            if (format.charAt(i) == '"') {
                int end = format.indexOf('"', i + 1);
                end = end < 0 ? format.length() : end;
                out.append(format, i + 1, end);
                i = end + 1;
                continue;
            }
            boolean fill = !format.startsWith("FM", i);
            int at = fill ? i : i + 2;
            String field = fieldAt(format, at);
            if (field.isEmpty()) {
                out.append(format.charAt(i++));
                continue;
            }
            String value = value(time, field, format.substring(at, at + field.length()), fill, zone);
            i = at + field.length();
            if (format.regionMatches(true, i, "TH", 0, 2) && !value.isEmpty() && isNumber(value)) {
                String suffix = ordinal(Integer.parseInt(value));
                value += format.charAt(i) == 'T' ? suffix.toUpperCase(Locale.ROOT) : suffix;
                i += 2;
            }
            out.append(value);
        }
        return out.toString();
    }

    private static boolean isNumber(String value) {
        return value.length() < 10 && value.chars().allMatch(Character::isDigit);
    }

    private static String fieldAt(String format, int at) {
        for (String field : FIELDS) {
            if (format.regionMatches(true, at, field, 0, field.length())) {
                return field;
            }
        }
        return "";
    }

    private static String value(LocalDateTime time, String field, String written, boolean fill, String zone) {
        int year = time.getYear();
        int weekYear = time.get(IsoFields.WEEK_BASED_YEAR);
        return switch (field) {
            case "HH24" -> number(time.getHour(), 2, fill);
            case "HH12", "HH" -> number((time.getHour() + 11) % 12 + 1, 2, fill);
            case "MI" -> number(time.getMinute(), 2, fill);
            case "SS" -> number(time.getSecond(), 2, fill);
            case "SSSSS" -> number(time.toLocalTime().toSecondOfDay(), 5, fill);
            case "MS" -> number(time.getNano() / 1_000_000, 3, true);
            case "US" -> number(time.getNano() / 1_000, 6, true);
            case "AM", "PM" -> cased(time.getHour() < 12 ? "AM" : "PM", written);
            case "A.M.", "P.M." -> cased(time.getHour() < 12 ? "A.M." : "P.M.", written);
            case "Y,YYY" -> number(year / 1000, 1, fill) + "," + number(year % 1000, 3, true);
            case "YYYY" -> number(year, 4, fill);
            case "YYY" -> number(year % 1000, 3, fill);
            case "YY" -> number(year % 100, 2, fill);
            case "Y" -> number(year % 10, 1, fill);
            case "IYYY" -> number(weekYear, 4, fill);
            case "IYY" -> number(weekYear % 1000, 3, fill);
            case "IY" -> number(weekYear % 100, 2, fill);
            case "I" -> number(weekYear % 10, 1, fill);
            case "MONTH" -> word(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH), written, fill);
            case "MON" -> word(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), written, false);
            case "MM" -> number(time.getMonthValue(), 2, fill);
            case "DAY" -> word(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), written, fill);
            case "DY" -> word(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH), written, false);
            case "DDD" -> number(time.getDayOfYear(), 3, fill);
            case "IDDD" ->
                number(
                        (time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR) - 1) * 7
                                + time.getDayOfWeek().getValue(),
                        3,
                        fill);
            case "DD" -> number(time.getDayOfMonth(), 2, fill);
            case "D" -> number(time.getDayOfWeek().getValue() % 7 + 1, 1, fill);
            case "ID" -> number(time.getDayOfWeek().getValue(), 1, fill);
            case "WW" -> number((time.getDayOfYear() - 1) / 7 + 1, 2, fill);
            case "IW" -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2, fill);
            case "W" -> number((time.getDayOfMonth() - 1) / 7 + 1, 1, fill);
            case "CC" -> number(Math.floorDiv(year - 1, 100) + 1, 2, fill);
            case "J" -> String.valueOf(time.getLong(JulianFields.JULIAN_DAY));
            case "Q" -> number(time.get(IsoFields.QUARTER_OF_YEAR), 1, fill);
            case "TZ" -> cased(zone, written);
            default -> throw new IllegalStateException(field);
        };
    }

    private static String number(int value, int width, boolean fill) {
        String digits = String.valueOf(value);
        return fill && digits.length() < width ? "0".repeat(width - digits.length()) + digits : digits;
    }

    private static String cased(String value, String written) {
        return Character.isLowerCase(written.charAt(0)) ? value.toLowerCase(Locale.ROOT) : value;
    }

    private static String word(String name, String written, boolean fill) {
        String cased = Character.isLowerCase(written.charAt(0))
                ? name.toLowerCase(Locale.ROOT)
                : Character.isLowerCase(written.charAt(1)) ? name : name.toUpperCase(Locale.ROOT);
        return fill ? cased + " ".repeat(9 - cased.length()) : cased;
    }

    private static String ordinal(int number) {
        int tens = number % 100 / 10;
        return tens == 1
                ? "th"
                : switch (number % 10) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
    }

    public static int toDate(String text, String format) {
        return Math.toIntExact(new Reading(text, format).read().toLocalDate().toEpochDay());
    }

    public static long toTimestamp(String text, String format) {
        return Times.ms(new Reading(text, format).read());
    }

    /** One text, read by a format. */
    private static final class Reading {
        private final String text;
        private final String format;
        private int at;
        private int year = 1;
        private int month = 1;
        private int day = 1;
        private int dayOfYear;
        private int hour;
        private int minute;
        private int second;
        private int nano;
        private boolean twelve;
        private boolean afternoon;

        Reading(String text, String format) {
            this.text = text;
            this.format = format;
        }

        LocalDateTime read() {
            try {
                int i = 0;
                while (i < format.length()) {
                    if (format.startsWith("FM", i)) {
                        i += 2;
                        continue;
                    }
                    if (format.charAt(i) == '"') {
                        int end = format.indexOf('"', i + 1);
                        end = end < 0 ? format.length() : end;
                        at = Math.min(text.length(), at + end - i - 1);
                        i = end + 1;
                        continue;
                    }
                    String field = fieldAt(format, i);
                    if (field.isEmpty()) {
                        separator(format.charAt(i++));
                    } else {
                        i += field.length();
                        field(field, !fieldAt(format, i).isEmpty() && Character.isLetter(format.charAt(i)));
                    }
                }
                int clock = !twelve ? hour : hour % 12 + (afternoon ? 12 : 0);
                LocalDate date = dayOfYear > 0 ? LocalDate.ofYearDay(year, dayOfYear) : LocalDate.of(year, month, day);
                return date.atTime(LocalTime.of(clock, minute, second, nano));
            } catch (DateTimeException e) {
                throw new ValueException("the text is not a date or time of this format");
            }
        }

        private void separator(char wanted) {
            if (at < text.length() && (text.charAt(at) == wanted || !Character.isLetterOrDigit(text.charAt(at)))) {
                at++;
            }
        }

        private void field(String field, boolean digitsFollow) {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            switch (field) {
                case "HH24" -> hour = number(2);
                case "HH12", "HH" -> {
                    hour = number(2);
                    twelve = true;
                }
                case "MI" -> minute = number(2);
                case "SS" -> second = number(2);
                case "MS" -> nano = fraction(3);
                case "US" -> nano = fraction(6);
                case "AM", "PM", "A.M.", "P.M." -> {
                    twelve = true;
                    afternoon = at < text.length() && Character.toLowerCase(text.charAt(at)) == 'p';
                    at = Math.min(text.length(), at + field.length());
                }
                case "YYYY" -> year = number(digitsFollow ? 4 : 9);
                case "YY" -> {
                    int two = number(2);
                    year = two < 70 ? 2000 + two : 1900 + two;
                }
                case "MM" -> month = number(2);
                case "MON", "MONTH" -> month = monthName(field.equals("MONTH"));
                case "DD" -> day = number(2);
                case "DDD" -> dayOfYear = number(3);
                case "DAY", "DY" -> {
                    while (at < text.length() && Character.isLetter(text.charAt(at))) {
                        at++;
                    }
                }
                default -> throw new ValueException("a pattern that to_date and to_timestamp do not read: " + field);
            }
        }

        private int number(int maxDigits) {
            int start = at;
            while (at < text.length() && at - start < maxDigits && Character.isDigit(text.charAt(at))) {
                at++;
            }
            if (at == start) {
                throw new ValueException("the text is not a date or time of this format");
            }
            return Integer.parseInt(text.substring(start, at));
        }

        private int fraction(int maxDigits) {
            int start = at;
            int value = number(maxDigits);
            return value * (int) Math.pow(10, 9 - (at - start));
        }

        private int monthName(boolean full) {
            for (java.time.Month candidate : java.time.Month.values()) {
                String name = candidate.getDisplayName(full ? TextStyle.FULL : TextStyle.SHORT, Locale.ENGLISH);
                if (text.regionMatches(true, at, name, 0, name.length())) {
                    at += name.length();
                    return candidate.getValue();
                }
            }
            throw new ValueException("the text is not a date or time of this format");
        }
    }

    public static String numberToChar(double number, String format) {
        if (!Double.isFinite(number)) {
            throw new ValueException("to_char of a number that is not finite");
        }
        return numberToChar(BigDecimal.valueOf(number), format);
    }

    public static String numberToChar(BigDecimal number, String format) {
        boolean fill = !format.startsWith("FM");
        String pattern = (fill ? format : format.substring(2)).toUpperCase(Locale.ROOT);
        boolean sign = pattern.indexOf('S') >= 0;
        boolean brackets = pattern.endsWith("PR");
        boolean minus = pattern.contains("MI");
        boolean signBehind = sign && pattern.indexOf('S') > 0;
        String digits = pattern.replace("PR", "")
                .replace("MI", "")
                .replace("S", "")
                .replace('D', '.')
                .replace('G', ',');
        if (!digits.chars().allMatch(c -> "09.,".indexOf(c) >= 0)) {
            throw new ValueException("a pattern of to_char for numbers that is none of 9 0 . , D G S MI PR FM");
        }
        int point = digits.indexOf('.');
        String whole = point < 0 ? digits : digits.substring(0, point);
        String fraction = point < 0 ? "" : digits.substring(point + 1);
        BigDecimal rounded = number.setScale(fraction.length(), RoundingMode.HALF_UP);
        String plain = rounded.abs().toPlainString();
        int dot = plain.indexOf('.');
        String wholeDigits = dot < 0 ? plain : plain.substring(0, dot);
        String fractionDigits = dot < 0 ? "" : plain.substring(dot + 1);
        StringBuilder out = new StringBuilder();
        int places = (int) whole.chars().filter(c -> c != ',').count();
        int zeros = whole.indexOf('0') < 0
                ? -1
                : (int) whole.substring(whole.indexOf('0'))
                        .chars()
                        .filter(c -> c != ',')
                        .count();
        boolean tooLarge = wholeDigits.length() > places && !wholeDigits.equals("0");
        String shown = wholeDigits.equals("0") && zeros < 1 && !fraction.isEmpty() ? "" : wholeDigits;
        int place = places;
        boolean started = false;
        int signAt = 0;
        for (int i = 0; i < whole.length(); i++) {
            if (whole.charAt(i) == ',') {
                out.append(tooLarge ? "," : started ? "," : fill ? " " : "");
                signAt += started || !fill ? 0 : 1;
                continue;
            }
            char digit = tooLarge
                    ? '#'
                    : place <= shown.length() ? shown.charAt(shown.length() - place) : place <= zeros ? '0' : ' ';
            place--;
            if (digit == ' ') {
                if (fill) {
                    out.append(' ');
                    signAt++;
                }
            } else {
                started = true;
                out.append(digit);
            }
        }
        if (point >= 0) {
            out.append('.');
            String shownFraction = tooLarge ? "#".repeat(fraction.length()) : fractionDigits;
            if (!fill && !tooLarge) {
                int keep = fraction.lastIndexOf('0') + 1;
                int end = shownFraction.length();
                while (end > keep && shownFraction.charAt(end - 1) == '0') {
                    end--;
                }
                shownFraction = shownFraction.substring(0, end);
            }
            out.append(shownFraction);
        }
        boolean negative = rounded.signum() < 0;
        if (brackets) {
            return out.insert(signAt, negative ? "<" : fill ? " " : "")
                    .append(negative ? ">" : fill ? " " : "")
                    .toString();
        }
        if (sign) {
            String mark = negative ? "-" : "+";
            return (signBehind ? out.append(mark) : out.insert(signAt, mark)).toString();
        }
        if (minus) {
            return out.append(negative ? "-" : fill ? " " : "").toString();
        }
        return out.insert(signAt, negative ? "-" : fill ? " " : "").toString();
    }
}
