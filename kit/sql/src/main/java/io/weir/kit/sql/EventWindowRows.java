package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.EventWindows;
import java.util.List;

/** TUMBLE and HOP: the rows that come, once for each window of event time, with its start and end as further columns. */
record EventWindowRows(String id, Edge input, EventWindows.Spec spec, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new EventWindowRows(id, input, spec, changed);
    }

    @Override
    public String describe() {
        return "windows " + spec;
    }

    @Override
    public String keeps() {
        return "windows of event time; keeps nothing";
    }

    @Override
    public boolean hearsWatermarks() {
        return WindowClosing.close(this);
    }

    @Override
    public List<Step> steps(Stores stores) {
        EventWindows windows = new EventWindows(spec);
        return List.of(new Step() {
            @Override
            public void apply(Change change, Collector out) {
                windows.apply(change, out);
            }

            @Override
            public void watermark(int from, long time, Collector out) {
                out.watermark(time);
            }
        });
    }
}
