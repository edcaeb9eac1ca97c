package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.SetOperation;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** UNION, INTERSECT and EXCEPT: rows by how often the inputs have them. */
record SetRows(String id, SetOperation.Kind kind, List<Edge> inputs, List<DataType> compared, Spread laid, Calc calc)
        implements Operator {

    SetRows {
        inputs = List.copyOf(inputs);
        compared = List.copyOf(compared);
    }

    @Override
    public Spread spread() {
        return laid.through(calc);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new SetRows(id, kind, inputs, compared, laid, changed);
    }

    @Override
    public String describe() {
        return "%s of %d %s".formatted(kind, inputs.size(), compared);
    }

    @Override
    public String keeps() {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                + "; keeps how often each input has each row, O(log n)";
    }

    @Override
    public List<String> arms() {
        return UnionRows.arms(id, inputs.size());
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        SetOperation all = new SetOperation(kind, inputs.size(), compared, stores.apply(id));
        return IntStream.range(0, inputs.size())
                .<Step>mapToObj(input -> (change, out) -> all.apply(input, change, out))
                .toList();
    }

    @Override
    public Optional<List<Integer>> told() {
        return kind.isDistinct()
                ? Optional.of(IntStream.range(0, compared.size()).boxed().toList())
                : Optional.empty();
    }

    @Override
    public boolean isAppendOnly() {
        return kind != SetOperation.Kind.EXCEPT
                && kind != SetOperation.Kind.EXCEPT_ALL
                && inputs().stream().allMatch(input -> input.from().isAppendOnly());
    }
}
