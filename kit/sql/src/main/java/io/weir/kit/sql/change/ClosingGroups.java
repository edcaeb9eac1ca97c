package io.weir.kit.sql.change;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Groups of which each belongs to one window of event time: when the watermark passes the window's end the group is done, and nothing of it is kept.
 *
 * <p>A group's row is given with each change and stands when the window closes, or is given once, then. A row of a closed window is late.
 *
 * <p>State: that of {@link Aggregate}, for open windows only; each of its groups by the end of its window; the watermarks. Cost: O(log n) per delta and per group that closes.
 */
public final class ClosingGroups {

    /**
     * When a group is done.
     *
     * @param column of the rows that come: the start or the end of the window
     * @param addedMs from that to the moment at which the watermark closes it
     * @param once whether a group is given only when it is done
     * @param partitions how many partitions rows come from, each with its watermark
     */
    public record Spec(int column, long addedMs, boolean once, int partitions) {}

    private final Spec spec;
    private final Aggregate groups;
    private final Watermarks watermarks;
    private final Deadlines deadlines;

    public ClosingGroups(Spec spec, Aggregate groups, State state) {
        this.spec = spec;
        this.groups = groups;
        this.watermarks = new Watermarks(state, spec.partitions());
        this.deadlines = new Deadlines(state);
    }

    public void apply(Change change, Collector out) {
        List<Delta> open = new ArrayList<>(change.deltas().size());
        for (Delta delta : change.deltas()) {
            long closesAt = closesAt(delta);
            if (closesAt <= watermarks.reached()) {
                out.late(delta.row(), delta.weight());
            } else {
                deadlines.put(closesAt, groups.group(delta.row()));
                open.add(delta);
            }
        }
        if (!open.isEmpty()) {
            groups.apply(new Change(open), spec.once() ? (_, _) -> {} : out);
        }
    }

    public void watermark(int from, long time, Collector out) {
        if (watermarks.advance(from, time)) {
            deadlines.until(watermarks.reached(), (_, group) -> {
                @Nullable Object @Nullable [] row = groups.release(group);
                if (row != null && spec.once()) {
                    out.add(row, 1);
                }
            });
        }
    }

    private long closesAt(Delta delta) {
        Object at = delta.row()[spec.column()];
        if (!(at instanceof Long time)) {
            throw new IllegalStateException("a window without a time");
        }
        return time + spec.addedMs();
    }
}
