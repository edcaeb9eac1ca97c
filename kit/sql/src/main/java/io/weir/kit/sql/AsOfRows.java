package io.weir.kit.sql;

import io.weir.kit.sql.change.AsOf;
import java.util.List;

/** Rows of the left input, each with the version of the right one that was valid at its time. */
record AsOfRows(String id, Edge left, Edge right, AsOf.Spec spec, Spread joined, Calc calc) implements Operator {
    @Override
    public Spread spread() {
        return joined.through(calc);
    }

    @Override
    public List<Edge> inputs() {
        return List.of(left, right);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new AsOfRows(id, left, right, spec, joined, changed);
    }

    @Override
    public String describe() {
        return "%s join on %s = %s %s as of %d by %d"
                .formatted(
                        spec.outer() ? "left temporal" : "temporal",
                        spec.leftKeys(),
                        spec.rightKeys(),
                        spec.keyTypes(),
                        spec.leftTime(),
                        spec.rightTime());
    }

    @Override
    public String keeps() {
        return (spec.outer() ? "left temporal join" : "temporal join")
                + "; keeps both sides by key and time, O(log n) for a row of the left, and for a version also the rows in its time";
    }

    @Override
    public List<String> arms() {
        return List.of(id + "-left", id + "-right");
    }

    @Override
    public List<String> stores() {
        return arms();
    }

    @Override
    public List<Step> steps(Stores stores) {
        AsOf both = new AsOf(spec, stores.apply(id + "-left"), stores.apply(id + "-right"));
        return List.of(both::left, both::right);
    }
}
