package io.weir.kit.sql.change;

import io.weir.kit.sql.function.Times;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * An expression of the current time that never goes back as time goes on: the time in milliseconds, through these steps in turn. The result is in milliseconds or,
 * for a date, in days.
 */
public record ClockFunction(List<Step> steps) {

    /** One step. */
    public sealed interface Step {
        long apply(long value);
    }

    /** Adds milliseconds to a time, or days to a date. */
    public record Plus(long units) implements Step {
        @Override
        public long apply(long value) {
            return value + units;
        }
    }

    public record PlusMonths(long months, boolean date) implements Step {
        @Override
        public long apply(long value) {
            return date
                    ? LocalDate.ofEpochDay(value).plusMonths(months).toEpochDay()
                    : Instant.ofEpochMilli(value)
                            .atOffset(ZoneOffset.UTC)
                            .plusMonths(months)
                            .toInstant()
                            .toEpochMilli();
        }
    }

    /** From a time to the start of its day, month or other field, in UTC. */
    public record Truncate(String field) implements Step {
        @Override
        public long apply(long value) {
            return Times.truncate(field, value);
        }
    }

    /** From a time to its day. */
    public record ToDate() implements Step {
        @Override
        public long apply(long value) {
            return Math.floorDiv(value, DAY_MS);
        }
    }

    /** From a day to its first moment. */
    public record ToTimestamp() implements Step {
        @Override
        public long apply(long value) {
            return value * DAY_MS;
        }
    }

    private static final long DAY_MS = 86_400_000;

    /** The years 1 to 9999: what happens outside them never happens. */
    private static final long FIRST = -62_135_596_800_000L;

    private static final long LAST = 253_402_300_799_999L;

    public ClockFunction {
        steps = List.copyOf(steps);
    }

    long at(long nowMs) {
        long value = nowMs;
        for (Step step : steps) {
            value = step.apply(value);
        }
        return value;
    }

    /** The first moment at which the function is {@code value} or more; {@link Long#MIN_VALUE} where it always is, {@link Long#MAX_VALUE} where it never is. */
    long firstAtLeast(long value) {
        if (steps.isEmpty()) {
            return value;
        }
        if (steps.size() == 1 && steps.getFirst() instanceof Plus(long units)) {
            return value - units;
        }
        long low = FIRST;
        long high = LAST;
        if (at(low) >= value) {
            return Long.MIN_VALUE;
        }
        if (at(high) < value) {
            return Long.MAX_VALUE;
        }
        while (low + 1 < high) { // at(low) < value <= at(high)
            long middle = low + (high - low) / 2;
            if (at(middle) < value) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
