package io.weir.kit.sql;

import java.util.List;
import java.util.stream.IntStream;

/** UNION ALL: the rows of all inputs, as they come. */
record UnionRows(String id, List<Edge> inputs, Spread united, Calc calc) implements Operator {

    UnionRows {
        inputs = List.copyOf(inputs);
    }

    @Override
    public Spread spread() {
        return united.through(calc);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new UnionRows(id, inputs, united, changed);
    }

    @Override
    public String describe() {
        return "union of " + inputs.size();
    }

    @Override
    public String keeps() {
        return "union all; keeps nothing";
    }

    @Override
    public List<String> arms() {
        return arms(id, inputs.size());
    }

    @Override
    public List<Step> steps(Stores stores) {
        return inputs.stream()
                .<Step>map(_ -> (change, out) -> change.deltas().forEach(delta -> out.add(delta.row(), delta.weight())))
                .toList();
    }

    static List<String> arms(String id, int inputs) {
        return IntStream.rangeClosed(1, inputs)
                .mapToObj(i -> id + "-input-" + i)
                .toList();
    }

    @Override
    public boolean isAppendOnly() {
        return inputs().stream().allMatch(input -> input.from().isAppendOnly());
    }
}
