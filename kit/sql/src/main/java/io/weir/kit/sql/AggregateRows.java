package io.weir.kit.sql;

import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.MemoryState;
import java.util.List;
import java.util.stream.IntStream;

/** One row per group. */
record AggregateRows(String id, Edge input, Aggregate.Spec spec, Spread grouped, Calc calc) implements Operator {
    @Override
    public Spread spread() {
        return grouped.through(calc);
    }

    @Override
    public List<Edge> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new AggregateRows(id, input, spec, grouped, changed);
    }

    @Override
    public String describe() {
        return "aggregate by %s %s: %s".formatted(spec.groupKeys(), spec.groupTypes(), spec.calls());
    }

    @Override
    public String keeps() {
        return "group; keeps one entry per group%s, O(log n)"
                .formatted(spec.hasExtremes() ? " and its values in order" : "");
    }

    @Override
    public List<String> stores() {
        return spec.hasExtremes() ? List.of(id, id + "-values") : List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        Aggregate groups = new Aggregate(
                spec, stores.apply(id), spec.hasExtremes() ? stores.apply(id + "-values") : new MemoryState());
        return List.of(groups::apply);
    }

    @Override
    public List<Integer> told() {
        return IntStream.range(0, spec.groupKeys().size()).boxed().toList();
    }
}
