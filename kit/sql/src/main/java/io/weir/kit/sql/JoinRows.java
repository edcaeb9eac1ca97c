package io.weir.kit.sql;

import io.weir.kit.sql.change.Join;
import java.util.List;

/** Rows of two inputs that match. */
record JoinRows(String id, Edge left, Edge right, Join.Spec spec, Spread joined, Calc calc) implements Operator {
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
        return new JoinRows(id, left, right, spec, joined, changed);
    }

    @Override
    public String describe() {
        return "%s join on %s = %s %s %s"
                .formatted(
                        spec.outer() ? "left" : "inner",
                        spec.leftKeys(),
                        spec.rightKeys(),
                        spec.keyTypes(),
                        spec.nullsMatch());
    }

    @Override
    public String keeps() {
        return (spec.outer() ? "left join" : "join")
                + "; keeps both sides by join key, O(log n) and the partners of the key";
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
        Join both = new Join(spec, stores.apply(id + "-left"), stores.apply(id + "-right"));
        return List.of(both::left, both::right);
    }
}
