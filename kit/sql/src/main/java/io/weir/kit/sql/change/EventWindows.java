package io.weir.kit.sql.change;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * TUMBLE and HOP: each row once for each window of fixed size that its event time lies in, with the window's start and end as further columns.
 *
 * <p>A row without an event time is in no window. State: none. Cost: the windows of the row.
 */
public final class EventWindows {

    /**
     * Which windows.
     *
     * @param column event time, in milliseconds
     * @param sizeMs how long a window is
     * @param slideMs from one window's start to the next one's
     * @param offsetMs from the epoch to a window's start
     */
    public record Spec(int column, long sizeMs, long slideMs, long offsetMs) {
        public Spec {
            if (sizeMs <= 0 || slideMs <= 0) {
                throw new IllegalArgumentException("a window's size and slide are above 0");
            }
        }

        /** The end of the first window that a time lies in; of the next one after it, where it lies in none. */
        long firstEnd(long time) {
            long start = lastStart(time);
            while (start - slideMs > time - sizeMs) {
                start -= slideMs;
            }
            return Math.max(start + sizeMs, time + 1);
        }

        private long lastStart(long time) {
            return Math.floorDiv(time - offsetMs, slideMs) * slideMs + offsetMs;
        }
    }

    private final Spec spec;

    public EventWindows(Spec spec) {
        this.spec = spec;
    }

    public void apply(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            if (delta.row()[spec.column()] instanceof Long time) {
                for (long start = spec.lastStart(time); start > time - spec.sizeMs(); start -= spec.slideMs()) {
                    out.add(with(delta.row(), start, start + spec.sizeMs()), delta.weight());
                }
            }
        }
    }

    static @Nullable Object[] with(@Nullable Object[] row, long start, long end) {
        @Nullable Object[] windowed = Arrays.copyOf(row, row.length + 2);
        windowed[row.length] = start;
        windowed[row.length + 1] = end;
        return windowed;
    }
}
