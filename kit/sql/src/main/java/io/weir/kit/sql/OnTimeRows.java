package io.weir.kit.sql;

import io.weir.kit.contract.ProductSettings.Emit;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.OnTime;
import java.time.Duration;
import java.util.List;

/**
 * Rows on their way into windows of event time, without those that come too late for them; they go to quarantine.
 *
 * @param emit when the windows are written
 */
record OnTimeRows(String id, Edge input, OnTime.Spec spec, Emit emit, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new OnTimeRows(id, input, spec, emit, changed);
    }

    @Override
    public String describe() {
        return "on time %s, emit %s".formatted(spec, emit);
    }

    @Override
    public String keeps() {
        return "on time by $%d: a row whose window has closed goes to quarantine as LATE; a window closes %s after its end; keeps the newest event time, O(1)"
                .formatted(spec.column(), Duration.ofMillis(spec.latenessMs()));
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        OnTime onTime = new OnTime(spec, stores.apply(id));
        return List.of(new Step() {
            @Override
            public void apply(Change change, Collector out) {
                onTime.apply(change, out);
            }

            @Override
            public void tick(long nowMs, Collector out) {
                onTime.tick(nowMs, out);
            }
        });
    }

    @Override
    public boolean hasTicks() {
        return true;
    }

    @Override
    public boolean canReject() {
        return true;
    }
}
