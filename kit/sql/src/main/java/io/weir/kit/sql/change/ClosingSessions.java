package io.weir.kit.sql.change;

import java.util.ArrayList;
import java.util.List;

/**
 * Sessions that close: when the watermark passes a session's end, nothing of it is kept. A row before the watermark is late.
 *
 * <p>State: that of {@link Sessions}, for open sessions only; each of its rows by the moment at which its session may be over; the watermarks. Cost: that of
 * {@link Sessions}; a row is looked at again whenever its session could have ended.
 */
public final class ClosingSessions {

    private final int column;
    private final long gapMs;
    private final Sessions sessions;
    private final Watermarks watermarks;
    private final Deadlines deadlines;

    /** {@code partitions}: how many rows come from, each with its watermark. */
    public ClosingSessions(Sessions.Spec spec, int partitions, Sessions sessions, State state) {
        this.column = spec.column();
        this.gapMs = spec.gapMs();
        this.sessions = sessions;
        this.watermarks = new Watermarks(state, partitions);
        this.deadlines = new Deadlines(state);
    }

    public void apply(Change change, Collector out) {
        List<Delta> open = new ArrayList<>(change.deltas().size());
        for (Delta delta : change.deltas()) {
            if (!(delta.row()[column] instanceof Long time)) {
                continue;
            }
            if (time < watermarks.reached()) {
                out.late(delta.row(), delta.weight());
            } else {
                deadlines.put(time + gapMs + 1, sessions.entry(delta.row()));
                open.add(delta);
            }
        }
        sessions.apply(new Change(open), out);
    }

    public void watermark(int from, long time, Collector out) {
        if (watermarks.advance(from, time)) {
            deadlines.until(watermarks.reached(), (moment, entry) -> {
                long end = sessions.endOf(entry);
                if (end >= watermarks.reached()) {
                    deadlines.put(end + 1, entry);
                } else {
                    sessions.release(entry);
                }
            });
            out.watermark(watermarks.reached());
        }
    }
}
