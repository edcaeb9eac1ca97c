package io.weir.kit.sql.change;

import io.weir.kit.sql.change.WindowFunctions.Call;
import io.weir.kit.sql.change.WindowFunctions.EdgeOfFrame;
import io.weir.kit.sql.change.WindowFunctions.Neighbour;
import io.weir.kit.sql.change.WindowFunctions.Numbered;
import io.weir.kit.sql.change.WindowFunctions.Total;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far the results of a row look around it.
 *
 * @param rowsBehind rows before it
 * @param rowsAhead rows after it
 * @param behind distances of ordered values before it
 * @param ahead distances of ordered values after it
 * @param hasWhole whether some results are the same for all rows of a partition
 */
record WindowReach(int rowsBehind, int rowsAhead, List<Shift> behind, List<Shift> ahead, boolean hasWhole) {

    private static final long DAY_MS = 86_400_000;

    /** Months are of different length, so that what is a month before is up to three days off what is a month after. */
    private static final BigDecimal DAYS_OFF = BigDecimal.valueOf(3);

    /** A distance in the ordered value; {@code order} null: none, the row's peers. */
    record Shift(SortFormat.@Nullable Order order, BigDecimal distance, boolean months, BigDecimal slack) {

        /** The row, moved back in the order. */
        @Nullable
        Object[] back(@Nullable Object[] row) {
            return moved(row, distance.negate(), slack.negate());
        }

        @Nullable
        Object[] ahead(@Nullable Object[] row) {
            return moved(row, distance, slack);
        }

        private @Nullable Object[] moved(@Nullable Object[] row, BigDecimal by, BigDecimal further) {
            if (order == null) {
                return row;
            }
            @Nullable Object[] moved = shifted(row, order, by, months);
            BigDecimal rounding = rounding(row[order.column()], by);
            return months ? shifted(moved, order, further, false) : shifted(moved, order, rounding, false);
        }

        /** What a sum of floating-point numbers may be off. */
        private static BigDecimal rounding(@Nullable Object value, BigDecimal by) {
            double size = value instanceof Double || value instanceof Float
                    ? Math.max(
                                    Math.abs(((Number) value).doubleValue()),
                                    by.abs().doubleValue())
                            * (value instanceof Double ? 1e-14 : 1e-6)
                    : 0;
            return Double.isFinite(size) ? BigDecimal.valueOf(size * by.signum()) : BigDecimal.ZERO;
        }
    }

    static WindowReach of(WindowFunctions.Spec spec) {
        int rowsBehind = 0;
        int rowsAhead = 0;
        List<Shift> behind = new ArrayList<>();
        List<Shift> ahead = new ArrayList<>();
        boolean whole = false;
        for (Call call : spec.calls()) {
            Frame frame =
                    switch (call) {
                        case Numbered _ -> null;
                        case Neighbour neighbour -> {
                            rowsBehind = Math.max(rowsBehind, -neighbour.distance());
                            rowsAhead = Math.max(rowsAhead, neighbour.distance());
                            yield null;
                        }
                        case EdgeOfFrame edge -> {
                            whole |= edge.first()
                                    ? edge.frame().start().isUnbounded()
                                    : edge.frame().end().isUnbounded();
                            yield edge.frame();
                        }
                        case Total total -> {
                            whole |= total.frame().isWhole();
                            yield total.frame();
                        }
                    };
            if (frame == null || frame.isWhole()) {
                continue;
            }
            for (Frame.Bound bound : List.of(frame.start(), frame.end())) {
                if (bound.isUnbounded()) {
                    continue;
                }
                if (frame.rows()) {
                    rowsBehind = Math.max(rowsBehind, -bound.rows());
                    rowsAhead = Math.max(rowsAhead, bound.rows());
                } else {
                    Shift peers = new Shift(null, BigDecimal.ZERO, false, BigDecimal.ZERO);
                    behind.add(peers);
                    ahead.add(peers);
                    if (bound.distance().signum() != 0) {
                        SortFormat.Order order = spec.orders().getFirst();
                        BigDecimal slack = order.type() instanceof io.weir.kit.contract.DataType.Date
                                ? DAYS_OFF
                                : DAYS_OFF.multiply(BigDecimal.valueOf(DAY_MS));
                        Shift shift = new Shift(order, bound.distance().abs(), bound.months(), slack);
                        (bound.distance().signum() < 0 ? behind : ahead).add(shift);
                    }
                }
            }
        }
        return new WindowReach(
                rowsBehind,
                rowsAhead,
                behind.stream().distinct().toList(),
                ahead.stream().distinct().toList(),
                whole);
    }

    /** The row with its ordered value moved on in the direction of the order; a null stays where it is. */
    static @Nullable Object[] shifted(
            @Nullable Object[] row, SortFormat.Order order, BigDecimal distance, boolean months) {
        Object value = row[order.column()];
        if (value == null || distance.signum() == 0) {
            return row;
        }
        BigDecimal by = order.descending() ? distance.negate() : distance;
        @Nullable Object[] moved = row.clone();
        moved[order.column()] = months ? plusMonths(value, by.longValueExact()) : plus(value, by);
        return moved;
    }

    private static Object plus(Object value, BigDecimal by) {
        return switch (value) {
            case Integer number -> (int) clamp(number + by.longValue(), Integer.MIN_VALUE, Integer.MAX_VALUE);
            case Long number -> {
                BigDecimal sum = BigDecimal.valueOf(number).add(by);
                yield sum.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                        ? Long.MAX_VALUE
                        : sum.compareTo(BigDecimal.valueOf(Long.MIN_VALUE)) < 0 ? Long.MIN_VALUE : sum.longValue();
            }
            case BigDecimal number -> number.add(by).setScale(number.scale(), RoundingMode.UNNECESSARY);
            case Float number -> number + by.floatValue();
            case Double number -> number + by.doubleValue();
            default -> throw new IllegalArgumentException("a RANGE over " + value.getClass());
        };
    }

    private static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(high, value));
    }

    private static Object plusMonths(Object value, long months) {
        return switch (value) {
            case Integer days ->
                (int) java.time.LocalDate.ofEpochDay(days).plusMonths(months).toEpochDay();
            case Long ms ->
                Instant.ofEpochMilli(ms)
                        .atOffset(ZoneOffset.UTC)
                        .plusMonths(months)
                        .toInstant()
                        .toEpochMilli();
            default -> throw new IllegalArgumentException("months of " + value.getClass());
        };
    }
}
