package io.weir.kit.sql;

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
        return "sessions; keeps the rows of each key by event time, O(log n) and the rows of sessions whose ends change";
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        return List.of(new Sessions(spec, stores.apply(id))::apply);
    }
}
