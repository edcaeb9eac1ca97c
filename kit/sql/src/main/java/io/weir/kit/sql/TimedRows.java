package io.weir.kit.sql;

import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.TimedConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Comparisons with the current time: the rows that come, with the truth of each comparison as a further column. */
record TimedRows(String id, Edge input, TimedConditions.Spec spec, Calc calc) implements AppendingRows {
    @Override
    public Operator withCalc(Calc changed) {
        return new TimedRows(id, input, spec, changed);
    }

    @Override
    public String describe() {
        return "timed " + spec.conditions();
    }

    @Override
    public String keeps() {
        return "comparisons with the current time; keeps the rows for which one is going to change, O(log n); time goes on in steps of a second";
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        TimedConditions conditions = new TimedConditions(spec, stores.apply(id));
        return List.of(new Step() {
            @Override
            public void apply(Change change, Collector out) {
                conditions.apply(change, out);
            }

            @Override
            public void tick(long nowMs, Collector out) {
                conditions.tick(nowMs, out);
            }
        });
    }

    @Override
    public boolean isTimed() {
        return true;
    }

    /** A product's rows keep their key. */
    @Override
    public Optional<List<Integer>> told() {
        if (!(input.from() instanceof Source source) || source.product().key().isEmpty()) {
            return Optional.empty();
        }
        List<Integer> told = new ArrayList<>();
        for (int i = 0; i < source.calc().projections().size(); i++) {
            int carried = source.calc().carried(i).orElse(-1);
            if (carried >= 0 && source.product().key().contains(source.columns().get(carried))) {
                told.add(i);
            }
        }
        return told.size() == source.product().key().size() ? Optional.of(told) : Optional.empty();
    }
}
