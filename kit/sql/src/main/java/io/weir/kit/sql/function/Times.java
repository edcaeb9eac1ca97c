package io.weir.kit.sql.function;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import org.apache.calcite.linq4j.function.Strict;

/**
 * PostgreSQL's functions of dates and times. Null in, null out.
 *
 * <p>Dates are days, times of day and timestamps milliseconds since the epoch (UTC where they have a zone); the session's zone is UTC.
 */
@Strict
public final class Times {

    private static final long DAY_MS = 86_400_000;

    private Times() {}

    static LocalDateTime local(long ms) {
        return LocalDateTime.ofEpochSecond(
                Math.floorDiv(ms, 1000L), Math.floorMod(ms, 1000) * 1_000_000, ZoneOffset.UTC);
    }

    static long ms(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    /** Truncates a timestamp, in UTC where it has a zone. */
    public static long truncate(String field, long timestamp) {
        return switch (field.toLowerCase(Locale.ROOT)) {
            case "microseconds", "microsecond", "milliseconds", "millisecond" -> timestamp;
            case "second" -> Math.floorDiv(timestamp, 1000L) * 1000;
            case "minute" -> Math.floorDiv(timestamp, 60_000L) * 60_000;
            case "hour" -> Math.floorDiv(timestamp, 3_600_000L) * 3_600_000;
            case "day" -> Math.floorDiv(timestamp, DAY_MS) * DAY_MS;
            default -> truncatedDate(field, Math.toIntExact(Math.floorDiv(timestamp, DAY_MS))) * DAY_MS;
        };
    }

    /** As {@link #truncate(String, long)}, of a date. */
    public static long truncateDate(String field, int date) {
        return truncate(field, date * DAY_MS);
    }

    /** Truncates an instant as the wall clock of a zone shows it. */
    public static long truncate(String field, long timestamp, String zone) {
        return toInstant(zone, truncate(field, toLocal(zone, timestamp)));
    }

    private static long truncatedDate(String field, int day) {
        LocalDate date = LocalDate.ofEpochDay(day);
        int year = date.getYear();
        LocalDate start =
                switch (field.toLowerCase(Locale.ROOT)) {
                    case "week" -> date.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
                    case "month" -> date.withDayOfMonth(1);
                    case "quarter" -> date.with(IsoFields.DAY_OF_QUARTER, 1);
                    case "year" -> LocalDate.of(year, 1, 1);
                    case "decade" -> LocalDate.of(Math.floorDiv(year, 10) * 10, 1, 1);
                    case "century" -> LocalDate.of(Math.floorDiv(year - 1, 100) * 100 + 1, 1, 1);
                    case "millennium" -> LocalDate.of(Math.floorDiv(year - 1, 1000) * 1000 + 1, 1, 1);
                    default -> throw new ValueException("a field of time that does not exist");
                };
        return start.toEpochDay();
    }

    /** The start of the bin of {@code strideMs} in which the timestamp lies, counted from {@code origin}. */
    public static long bin(long strideMs, long timestamp, long origin) {
        if (strideMs <= 0) {
            throw new ValueException("a stride of date_bin that is not above zero");
        }
        return origin + Math.floorDiv(timestamp - origin, strideMs) * strideMs;
    }

    /** 0 is Sunday. */
    public static long dayOfWeek(long timestamp) {
        return Math.floorMod(Math.floorDiv(timestamp, DAY_MS) + 4, 7L);
    }

    public static long dayOfWeekOfDate(int date) {
        return Math.floorMod(date + 4, 7);
    }

    public static BigDecimal second(long timestamp) {
        return BigDecimal.valueOf(Math.floorMod(timestamp, 60_000L), 3);
    }

    public static BigDecimal milliseconds(long timestamp) {
        return BigDecimal.valueOf(Math.floorMod(timestamp, 60_000L)).setScale(3);
    }

    public static long microseconds(long timestamp) {
        return Math.floorMod(timestamp, 60_000L) * 1000;
    }

    public static BigDecimal epoch(long ms) {
        return BigDecimal.valueOf(ms, 3);
    }

    public static BigDecimal epochOfDate(int date) {
        return BigDecimal.valueOf(date * DAY_MS, 3);
    }

    public static BigDecimal epochOfTime(int time) {
        return BigDecimal.valueOf(time, 3);
    }

    public static BigDecimal secondOfTime(int time) {
        return second(time);
    }

    public static BigDecimal millisecondsOfTime(int time) {
        return milliseconds(time);
    }

    public static long microsecondsOfTime(int time) {
        return microseconds(time);
    }

    /** What is left of an interval behind whole minutes has its sign. */
    public static BigDecimal secondOfInterval(long ms) {
        return BigDecimal.valueOf(ms % 60_000, 3);
    }

    public static double part(String field, long timestamp) {
        LocalDateTime time = local(timestamp);
        LocalDate date = time.toLocalDate();
        int year = date.getYear();
        return switch (field.toLowerCase(Locale.ROOT)) {
            case "microseconds", "microsecond" -> time.getSecond() * 1e6 + time.getNano() / 1e3;
            case "milliseconds", "millisecond" -> time.getSecond() * 1000 + time.getNano() / 1e6;
            case "second" -> time.getSecond() + time.getNano() / 1e9;
            case "minute" -> time.getMinute();
            case "hour" -> time.getHour();
            case "day" -> date.getDayOfMonth();
            case "dow" -> date.getDayOfWeek().getValue() % 7;
            case "isodow" -> date.getDayOfWeek().getValue();
            case "doy" -> date.getDayOfYear();
            case "week" -> date.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
            case "month" -> date.getMonthValue();
            case "quarter" -> date.get(IsoFields.QUARTER_OF_YEAR);
            case "year" -> year;
            case "isoyear" -> date.get(IsoFields.WEEK_BASED_YEAR);
            case "decade" -> Math.floorDiv(year, 10);
            case "century" -> Math.floorDiv(year - 1, 100) + 1;
            case "millennium" -> Math.floorDiv(year - 1, 1000) + 1;
            case "epoch" -> timestamp / 1000.0;
            default -> throw new ValueException("a field of time that does not exist");
        };
    }

    public static double partOfDate(String field, int date) {
        return part(field, date * DAY_MS);
    }

    public static double partOfTime(String field, int time) {
        return switch (field.toLowerCase(Locale.ROOT)) {
            case "hour", "minute", "second", "milliseconds", "microseconds", "epoch" -> part(field, time);
            default -> throw new ValueException("a field of time that a time of day does not have");
        };
    }

    /** The wall-clock time in a zone at an instant. */
    public static long toLocal(String zone, long instant) {
        return ms(LocalDateTime.ofInstant(Instant.ofEpochMilli(instant), zone(zone)));
    }

    /** The instant at which the wall clock of a zone shows a time; of two the later, in a gap as if the clock had gone on. */
    public static long toInstant(String zone, long timestamp) {
        return local(timestamp)
                .atZone(zone(zone))
                .withLaterOffsetAtOverlap()
                .toInstant()
                .toEpochMilli();
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name, ZoneId.SHORT_IDS);
        } catch (DateTimeException e) {
            throw new ValueException("a time zone that does not exist");
        }
    }

    public static int makeDate(int year, int month, int day) {
        try {
            return Math.toIntExact(LocalDate.of(year, month, day).toEpochDay());
        } catch (DateTimeException e) {
            throw new ValueException("a date that does not exist");
        }
    }

    public static int makeTime(int hour, int minute, double second) {
        double ms = (hour * 60.0 + minute) * 60_000 + Math.rint(second * 1000);
        if (hour < 0 || minute < 0 || minute > 59 || second < 0 || second >= 60 || ms >= DAY_MS) {
            throw new ValueException("a time of day that does not exist");
        }
        return (int) ms;
    }

    public static long makeTimestamp(int year, int month, int day, int hour, int minute, double second) {
        return makeDate(year, month, day) * DAY_MS + makeTime(hour, minute, second);
    }

    public static long timestamp(double epochSeconds) {
        if (!Double.isFinite(epochSeconds) || Math.abs(epochSeconds) > 1e13) {
            throw new ValueException("a timestamp out of range");
        }
        return (long) Math.floor(epochSeconds * 1000);
    }

    public static int plusDays(int date, int days) {
        return Math.addExact(date, days);
    }

    public static int minusDays(int date, int days) {
        return Math.subtractExact(date, days);
    }

    public static int daysBetween(int date, int earlier) {
        return Math.subtractExact(date, earlier);
    }

    /** Days since the epoch of a text such as {@code 2026-03-31} or {@code 20260331}. */
    static LocalDate date(String text) {
        String bare = text.strip();
        try {
            if (bare.length() == 8 && bare.chars().allMatch(Character::isDigit)) {
                return LocalDate.of(
                        Integer.parseInt(bare.substring(0, 4)),
                        Integer.parseInt(bare.substring(4, 6)),
                        Integer.parseInt(bare.substring(6)));
            }
            int first = bare.indexOf('-', 1);
            int second = bare.indexOf('-', first + 1);
            if (first > 0 && second > 0) {
                return LocalDate.of(
                        Integer.parseInt(bare.substring(0, first)),
                        Integer.parseInt(bare.substring(first + 1, second)),
                        Integer.parseInt(bare.substring(second + 1)));
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw new ValueException("the text is not a date");
        }
        throw new ValueException("the text is not a date");
    }

    static LocalTime time(String text) {
        String[] parts = text.strip().split(":", -1);
        try {
            if (parts.length == 2 || parts.length == 3) {
                LocalTime time = LocalTime.of(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]));
                if (parts.length == 2) {
                    return time;
                }
                BigDecimal second = new BigDecimal(parts[2]);
                if (second.signum() >= 0 && second.compareTo(BigDecimal.valueOf(60)) < 0) {
                    return time.plusNanos(second.movePointRight(9)
                            .setScale(0, java.math.RoundingMode.DOWN)
                            .longValueExact());
                }
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw new ValueException("the text is not a time");
        }
        throw new ValueException("the text is not a time");
    }

    /** A date, then a blank or T and a time, then an offset or Z, the last two as far as they are there; {@code zoned} says whether an offset counts. */
    static long timestamp(String text, boolean zoned) {
        String bare = text.strip();
        int split = Math.max(bare.indexOf(' '), bare.indexOf('T'));
        try {
            if (split < 0) {
                return date(bare).toEpochDay() * DAY_MS;
            }
            LocalDate date = date(bare.substring(0, split));
            String rest = bare.substring(split + 1).strip();
            int offset = offsetStart(rest);
            LocalTime time = time(rest.substring(0, offset));
            long local = ms(date.atTime(time.truncatedTo(ChronoUnit.MILLIS)));
            String zone = rest.substring(offset).strip();
            if (!zoned || zone.isEmpty() || zone.equalsIgnoreCase("z") || zone.equalsIgnoreCase("utc")) {
                return local;
            }
            return local - ZoneOffset.of(zone).getTotalSeconds() * 1000L;
        } catch (ValueException | DateTimeException e) {
            throw new ValueException("the text is not a timestamp");
        }
    }

    private static int offsetStart(String text) {
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (!Character.isDigit(next) && next != ':' && next != '.') {
                return i;
            }
        }
        return text.length();
    }
}
