package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ClosingGroups;
import io.weir.kit.sql.change.Collector;
import io.weir.kit.sql.change.MemoryState;
import io.weir.kit.sql.change.RowFormat;
import java.util.ArrayList;
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
        return "aggregate by %s %s: %s%s%s"
                .formatted(
                        spec.groupKeys(),
                        spec.groupTypes(),
                        spec.calls(),
                        spec.always() == null ? "" : ", always " + spec.always(),
                        closing().map(done -> ", closing " + done).orElse(""));
    }

    /** When its groups are done, where they are of windows that close. */
    Optional<ClosingGroups.Spec> closing() {
        return WindowClosing.groups(input, spec.groupKeys());
    }

    @Override
    public boolean canReject() {
        return hearsWatermarks() || calc().canFail();
    }

    @Override
    public boolean hearsWatermarks() {
        return closing().isPresent();
    }

    @Override
    public String keeps() {
        Optional<ClosingGroups.Spec> done = closing();
        return "group%s; keeps one entry per group%s%s, O(log n)"
                .formatted(
                        done.map(closing -> closing.once() ? ", given once, when its window closes" : "")
                                .orElse(""),
                        spec.keepsValues() ? " and its values in order" : "",
                        done.isPresent() ? " until its window closes" : "");
    }

    @Override
    public List<String> stores() {
        List<String> stores = new ArrayList<>(List.of(id));
        if (spec.keepsValues()) {
            stores.add(id + "-values");
        }
        if (hearsWatermarks()) {
            stores.add(id + "-closing");
        }
        return List.copyOf(stores);
    }

    @Override
    public List<Step> steps(Stores stores) {
        Aggregate groups = new Aggregate(
                spec, stores.apply(id), spec.keepsValues() ? stores.apply(id + "-values") : new MemoryState());
        Optional<ClosingGroups.Spec> done = closing();
        if (done.isPresent()) {
            ClosingGroups closing = new ClosingGroups(done.get(), groups, stores.apply(id + "-closing"));
            return List.of(new Step() {
                @Override
                public void apply(Change change, Collector out) {
                    closing.apply(change, out);
                }

                @Override
                public void watermark(int from, long time, Collector out) {
                    closing.watermark(from, time, out);
                }
            });
        }
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
        if (closing().filter(ClosingGroups.Spec::once).isPresent()) {
            return true;
        }
        return spec.calls().isEmpty()
                && spec.always() == null
                && inputs().stream().allMatch(input -> input.from().isAppendOnly());
    }
}
