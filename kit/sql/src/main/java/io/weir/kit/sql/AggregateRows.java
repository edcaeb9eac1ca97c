package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.MemoryState;
import io.weir.kit.sql.change.RowFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
        return "aggregate by %s %s: %s%s"
                .formatted(
                        spec.groupKeys(),
                        spec.groupTypes(),
                        spec.calls(),
                        spec.always() == null ? "" : ", always " + spec.always());
    }

    @Override
    public String keeps() {
        return "group; keeps one entry per group%s, O(log n)"
                .formatted(spec.keepsValues() ? " and its values in order" : "");
    }

    @Override
    public List<String> stores() {
        return spec.keepsValues() ? List.of(id, id + "-values") : List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        Aggregate groups = new Aggregate(
                spec, stores.apply(id), spec.keepsValues() ? stores.apply(id + "-values") : new MemoryState());
        return List.of(new Step() {
            @Override
            public void apply(Change change, Collector out) {
                groups.apply(change, out);
            }

            @Override
            public void start(Collector out) {
                groups.start(out);
            }
        });
    }

    @Override
    public Optional<List<Integer>> told() {
        return Optional.of(IntStream.range(0, spec.groupKeys().size()).boxed().toList());
    }

    @Override
    public Optional<byte[]> startsAt() {
        List<@Nullable Object> always = spec.always();
        if (always == null) {
            return Optional.empty();
        }
        int[] columns = input.repartition().orElseThrow().columns().stream()
                .mapToInt(spec.groupKeys()::indexOf)
                .toArray();
        List<DataType> types =
                Arrays.stream(columns).mapToObj(spec.groupTypes()::get).toList();
        return Optional.of(new RowFormat(types).distributionKey(always.toArray(), columns));
    }

    @Override
    public boolean isAppendOnly() {
        return spec.calls().isEmpty()
                && spec.always() == null
                && inputs().stream().allMatch(input -> input.from().isAppendOnly());
    }
}
