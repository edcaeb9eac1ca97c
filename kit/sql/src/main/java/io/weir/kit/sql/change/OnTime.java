package io.weir.kit.sql.change;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets rows pass whose windows of event time are open, and tells how far event time has come.
 *
 * <p>The watermark of a partition is its newest event time less the lateness, in whole seconds; it is the partition's own, so the same rows in the same order are judged
 * alike whenever they are read. A row is late where the first window that it lies in ends at the watermark or before; one of a session, where it lies before the
 * watermark itself, for it could belong to a session that has ended there. What is late neither comes nor goes: {@link Collector#late}.
 *
 * <p>A partition in which nothing comes for {@link #IDLE_MS} says so, and no longer holds others back; see {@link Watermarks}.
 *
 * <p>State: the watermark. Cost: O(1).
 */
public final class OnTime {

    /** How long a partition may be silent, while others go on, before they no longer wait for it. */
    public static final long IDLE_MS = 60_000;

    private static final byte[] WATERMARK = {0};
    private static final long STEP_MS = 1_000;

    /**
     * What is late.
     *
     * @param column event time, in milliseconds; a row without it passes
     * @param windows null where they are sessions
     */
    public record Spec(int column, long latenessMs, EventWindows.@Nullable Spec windows) {}

    private final Spec spec;
    private final State state;
    private final ByteWriter scratch = new ByteWriter();
    private long watermark;
    private boolean read;
    private boolean announced;
    private boolean idle;
    private boolean heard;
    private long lastHeardMs = Long.MIN_VALUE;

    public OnTime(Spec spec, State state) {
        this.spec = spec;
        this.state = state;
    }

    public void apply(Change change, Collector out) {
        if (!read) {
            byte[] kept = state.get(WATERMARK);
            watermark = kept == null ? Long.MIN_VALUE : new ByteReader(kept).readLong();
            read = true;
        }
        heard = true;
        idle = false;
        List<Delta> late = change.deltas().stream().filter(this::isLate).toList();
        boolean replaced = late.stream().anyMatch(delta -> delta.weight() > 0);
        long newest = Long.MIN_VALUE;
        for (Delta delta : change.deltas()) {
            if (!late.contains(delta)) {
                out.add(delta.row(), delta.weight());
                if (delta.weight() > 0 && delta.row()[spec.column()] instanceof Long time) {
                    newest = Math.max(newest, time);
                }
            } else if (delta.weight() > 0 || !replaced) {
                out.late(delta.row(), delta.weight());
            }
        }
        if (newest != Long.MIN_VALUE) {
            long reached = Math.floorDiv(newest - spec.latenessMs(), STEP_MS) * STEP_MS;
            if (reached > watermark) {
                watermark = reached;
                state.put(WATERMARK, scratch.reset().writeLong(watermark).toBytes());
                announced = false;
            }
        }
        if (!announced) {
            out.watermark(watermark);
            announced = true;
        }
    }

    /** Called as the clock goes on, to notice silence. */
    public void tick(long nowMs, Collector out) {
        if (heard || lastHeardMs == Long.MIN_VALUE) {
            lastHeardMs = nowMs;
            heard = false;
        } else if (!idle && nowMs - lastHeardMs >= IDLE_MS) {
            idle = true;
            announced = false;
            out.watermark(Watermarks.IDLE);
        }
    }

    private boolean isLate(Delta delta) {
        return delta.row()[spec.column()] instanceof Long time && closesAt(time) <= watermark;
    }

    private long closesAt(long time) {
        EventWindows.Spec windows = spec.windows();
        return windows == null ? time + 1 : windows.firstEnd(time);
    }
}
