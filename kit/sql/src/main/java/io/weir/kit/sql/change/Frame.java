package io.weir.kit.sql.change;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * The rows around a row over which a window function is computed: ROWS counts rows, RANGE compares values of the only column of the ORDER BY (where both bounds are
 * the current row or none, there may be several columns, or none).
 */
public record Frame(boolean rows, Bound start, Bound end) {

    /**
     * One end of a frame.
     *
     * @param offset from the current row on, in the direction of the order: rows, or units of the ordered value (milliseconds, days, numbers); null: unbounded
     * @param months whether the offset counts months
     */
    public record Bound(@Nullable BigDecimal offset, boolean months) {

        public static final Bound UNBOUNDED = new Bound(null, false);
        public static final Bound CURRENT_ROW = new Bound(BigDecimal.ZERO, false);

        public boolean isUnbounded() {
            return offset == null;
        }

        BigDecimal distance() {
            if (offset == null) {
                throw new IllegalStateException("an unbounded frame has no offset");
            }
            return offset;
        }

        int rows() {
            return distance().intValueExact();
        }

        Bound reversed() {
            return offset == null ? this : new Bound(offset.negate(), months);
        }
    }

    /** The same rows, seen from the other end of the order. */
    public Frame reversed() {
        return new Frame(rows, end.reversed(), start.reversed());
    }

    public boolean isWhole() {
        return start.isUnbounded() && end.isUnbounded();
    }
}
