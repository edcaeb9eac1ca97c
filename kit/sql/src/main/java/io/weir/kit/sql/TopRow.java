package io.weir.kit.sql;

import io.weir.kit.sql.change.TopOne;
import java.util.List;
import java.util.Optional;

/** The first row of each partition. */
record TopRow(String id, Edge input, TopOne.Spec spec, Spread ranked, Calc calc) implements Operator {
    @Override
    public Spread spread() {
        return ranked.through(calc);
    }

    @Override
    public List<Edge> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new TopRow(id, input, spec, ranked, changed);
    }

    @Override
    public String describe() {
        return "first row of %s by %s".formatted(spec.partitionKeys(), spec.orders());
    }

    @Override
    public String keeps() {
        return "first row of each partition; keeps all rows in order, O(log n)";
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        TopOne first = new TopOne(spec, stores.apply(id));
        return List.of(first::apply);
    }

    @Override
    public Optional<List<Integer>> told() {
        return Optional.of(spec.partitionKeys());
    }
}
