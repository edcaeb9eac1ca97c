package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ClosingSessions;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.Sessions;
import java.util.List;

/** SESSION: the rows that come, with their session's start and end as further columns. */
record SessionRows(String id, Edge input, Sessions.Spec spec, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new SessionRows(id, input, spec, changed);
    }

    @Override
    public String describe() {
        return "sessions of %s by column %d, gap %d ms".formatted(spec.keys(), spec.column(), spec.gapMs());
    }

    @Override
    public String keeps() {
        return "sessions; keeps the rows of each key%s by event time, O(log n) and the rows of sessions whose ends change"
                .formatted(hearsWatermarks() ? " until its session closes" : "");
    }

    @Override
    public List<String> stores() {
        return hearsWatermarks() ? List.of(id, id + "-closing") : List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        Sessions sessions = new Sessions(spec, stores.apply(id));
        if (!hearsWatermarks()) {
            return List.of(sessions::apply);
        }
        ClosingSessions closing =
                new ClosingSessions(spec, WindowClosing.partitions(input), sessions, stores.apply(id + "-closing"));
        return List.of(new Step() {
            @Override
            public void apply(Change change, Collector out) {
                closing.apply(change, out);
            }

            @Override
            public void watermark(int from, long time, Collector out) {
                closing.watermark(from, time, out);
            }
        });
    }

    @Override
    public boolean canReject() {
        return hearsWatermarks() || calc().canFail();
    }

    @Override
    public boolean hearsWatermarks() {
        return WindowClosing.close(this);
    }
}
