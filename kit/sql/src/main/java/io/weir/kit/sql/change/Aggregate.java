package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * GROUP BY: one row per group that has rows, its key columns first, then one column per call; and one that is always there where the query has a group of all rows.
 *
 * <p>All groups that one change touches change together. Sums are exact, of floating-point numbers too, so that nothing drifts.
 *
 * <p>State: the accumulators by group; for calls that need them the group's values in order. Cost: O(log n) per delta.
 */
public final class Aggregate {

    public enum Function {
        COUNT,
        APPROX_COUNT_DISTINCT,
        SUM,
        AVG,
        MIN,
        MAX,
        VAR_POP,
        VAR_SAMP,
        STDDEV_POP,
        STDDEV_SAMP,
        FIRST_BY,
        STRING_AGG,
        ARRAY_AGG,
        PERCENTILE_CONT,
        PERCENTILE_DISC
    }

    /**
     * One aggregate call.
     *
     * @param argument column, or -1 for COUNT(*)
     * @param distinct whether equal values count once
     * @param filter boolean column that must be true, or -1
     * @param orders the order of the group's values, where it matters
     * @param constant the separator of STRING_AGG, the fraction of PERCENTILE
     */
    public record Call(
            Function function,
            int argument,
            boolean distinct,
            int filter,
            List<SortFormat.Order> orders,
            @Nullable Object constant,
            DataType argumentType,
            DataType resultType) {
        public Call {
            orders = List.copyOf(orders);
        }

        /** The same call over rows that have so many more columns in front. */
        public Call shifted(int columns) {
            return new Call(
                    function,
                    argument < 0 ? argument : argument + columns,
                    distinct,
                    filter < 0 ? filter : filter + columns,
                    orders.stream()
                            .map(order -> new SortFormat.Order(
                                    order.column() + columns, order.type(), order.descending(), order.nullsFirst()))
                            .toList(),
                    constant,
                    argumentType,
                    resultType);
        }

        /** Whether the group's values are kept, each with its number. */
        boolean keepsValues() {
            return switch (function) {
                case COUNT, SUM, AVG, VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> distinct;
                case MIN, MAX -> !(argumentType instanceof DataType.Bool);
                case APPROX_COUNT_DISTINCT, FIRST_BY, STRING_AGG, ARRAY_AGG, PERCENTILE_CONT, PERCENTILE_DISC -> true;
            };
        }

        /** Whether the group's values are all that it depends on, however they come and go. */
        boolean keepsOnlyValues() {
            return keepsValues()
                    && orders.isEmpty()
                    && (distinct || function == Function.MIN || function == Function.MAX);
        }

        /** Whether a value is added only when it comes first and goes last. */
        boolean addsDistinctValues() {
            return distinct
                    && switch (function) {
                        case COUNT, SUM, AVG, VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> true;
                        case APPROX_COUNT_DISTINCT,
                                MIN,
                                MAX,
                                FIRST_BY,
                                STRING_AGG,
                                ARRAY_AGG,
                                PERCENTILE_CONT,
                                PERCENTILE_DISC -> false;
                    };
        }
    }

    /**
     * What is grouped by what.
     *
     * @param always the key of the group that has a row even where it is empty; null where there is none
     */
    public record Spec(
            List<Integer> groupKeys,
            List<DataType> groupTypes,
            List<Call> calls,
            @Nullable List<@Nullable Object> always) {
        public Spec {
            groupKeys = List.copyOf(groupKeys);
            groupTypes = List.copyOf(groupTypes);
            calls = List.copyOf(calls);
            always = always == null ? null : Collections.unmodifiableList(new ArrayList<>(always));
        }

        /** Whether a store of ordered values is needed. */
        public boolean keepsValues() {
            return calls.stream().anyMatch(Call::keepsValues);
        }
    }

    private final Spec spec;
    private final RowFormat groups;
    private final int[] groupColumns;
    private final State state;
    private final State valueState;
    private final byte @Nullable [] always;
    private final ByteWriter scratch = new ByteWriter();

    /** {@code values} is used only where the spec keeps values. */
    public Aggregate(Spec spec, State groups, State values) {
        this.spec = spec;
        this.groups = new RowFormat(spec.groupTypes());
        this.groupColumns = spec.groupKeys().stream().mapToInt(i -> i).toArray();
        this.state = groups;
        this.valueState = values;
        this.always =
                spec.always() == null ? null : this.groups.encode(spec.always().toArray());
    }

    /** The row of the group that is always there, unless it has been given before. */
    public void start(Collector out) {
        List<@Nullable Object> key = spec.always();
        if (key == null || always == null || state.get(always) != null) {
            return;
        }
        Group empty = read(always, null);
        state.put(always, empty.write());
        @Nullable Object[] row = empty.row(key.toArray(), true);
        if (row != null) {
            out.add(row, 1);
        }
    }

    public void apply(Change change, Collector out) {
        if (change.deltas().size() == 1) {
            Delta only = change.deltas().getFirst();
            apply(groups.encode(only.row(), groupColumns), change.deltas(), out);
            return;
        }
        Map<Bytes, List<Delta>> byGroup = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byGroup.computeIfAbsent(new Bytes(groups.encode(delta.row(), groupColumns)), _ -> new ArrayList<>())
                    .add(delta);
        }
        byGroup.forEach((group, deltas) -> apply(group.value(), deltas, out));
    }

    /** The group of a row that comes, as a key. */
    byte[] group(@Nullable Object[] row) {
        return groups.encode(row, groupColumns);
    }

    /** Forgets a group; its row, null where it has none. */
    @Nullable
    Object @Nullable [] release(byte[] group) {
        byte[] stored = state.get(group);
        if (stored == null) {
            return null;
        }
        @Nullable Object[] row = read(group, stored).row(groups.decode(group), false);
        state.delete(group);
        if (spec.keepsValues()) {
            List<byte[]> values = new ArrayList<>();
            valueState.scan(group, (key, _) -> values.add(key));
            values.forEach(valueState::delete);
        }
        return row;
    }

    private void apply(byte[] group, List<Delta> deltas, Collector out) {
        byte[] stored = state.get(group);
        boolean stays = always != null && Arrays.equals(group, always);
        @Nullable Object[] key = keyOf(deltas.getFirst().row());
        Group before = read(group, stored);
        @Nullable Object[] rowBefore = before.row(key, stays && stored != null);
        Group after = before;
        after.add(deltas);
        @Nullable Object[] rowAfter = after.row(key, stays);
        if (!stays && after.isEmpty()) {
            if (stored != null) {
                state.delete(group);
            }
        } else {
            byte[] bytes = after.write();
            if (!Arrays.equals(bytes, stored)) {
                state.put(group, bytes);
            }
        }
        if (!Arrays.equals(rowBefore, rowAfter)) {
            if (rowBefore != null) {
                out.add(rowBefore, -1);
            }
            if (rowAfter != null) {
                out.add(rowAfter, 1);
            }
        }
    }

    private @Nullable Object[] keyOf(@Nullable Object[] member) {
        @Nullable Object[] key = new @Nullable Object[groupColumns.length];
        for (int i = 0; i < key.length; i++) {
            key[i] = member[groupColumns[i]];
        }
        return key;
    }

    private Group read(byte[] group, byte @Nullable [] stored) {
        Accumulator[] accumulators = new Accumulator[spec.calls().size()];
        for (int i = 0; i < accumulators.length; i++) {
            accumulators[i] = Accumulator.of(spec.calls().get(i), i, group, valueState);
        }
        Group read = new Group(accumulators);
        if (stored != null) {
            ByteReader in = new ByteReader(stored);
            read.rows = in.readLong();
            for (Accumulator accumulator : accumulators) {
                accumulator.read(in);
            }
        }
        return read;
    }

    private final class Group {
        private final Accumulator[] accumulators;
        private long rows;

        Group(Accumulator[] accumulators) {
            this.accumulators = accumulators;
        }

        void add(List<Delta> deltas) {
            for (Delta delta : deltas) {
                rows = Math.addExact(rows, delta.weight());
            }
            for (int i = 0; i < accumulators.length; i++) {
                Call call = spec.calls().get(i);
                if (deltas.size() > 1 && call.keepsOnlyValues()) {
                    addNet(call, accumulators[i], deltas);
                } else {
                    for (Delta delta : deltas) {
                        add(call, accumulators[i], delta);
                    }
                }
            }
        }

        /** What a row took out and its successor brings back is not looked up. */
        private void addNet(Call call, Accumulator accumulator, List<Delta> deltas) {
            Map<Object, Long> weights = new LinkedHashMap<>();
            for (Delta delta : deltas) {
                Object argument = delta.row()[call.argument()];
                if (argument != null && passes(call, delta)) {
                    weights.merge(argument, delta.weight(), Math::addExact);
                }
            }
            weights.forEach((argument, weight) -> {
                if (weight != 0) {
                    accumulator.add(argument, weight);
                }
            });
        }

        private static boolean passes(Call call, Delta delta) {
            return call.filter() < 0 || Boolean.TRUE.equals(delta.row()[call.filter()]);
        }

        private static void add(Call call, Accumulator accumulator, Delta delta) {
            if (!passes(call, delta)) {
                return;
            }
            Object argument = call.argument() < 0 ? (Object) true : delta.row()[call.argument()];
            if (argument != null) {
                accumulator.addRow(delta.row(), argument, delta.weight());
            } else {
                accumulator.addNull(delta.row(), delta.weight());
            }
        }

        boolean isEmpty() {
            if (rows != 0) {
                return false;
            }
            for (Accumulator accumulator : accumulators) {
                if (!accumulator.isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        /** Null where the group has no row; {@code stays}: it has one even without members. */
        @Nullable
        Object @Nullable [] row(@Nullable Object[] key, boolean stays) {
            if (rows <= 0 && !stays) {
                return null;
            }
            @Nullable Object[] row = Arrays.copyOf(key, key.length + accumulators.length);
            for (int i = 0; i < accumulators.length; i++) {
                row[key.length + i] = accumulators[i].result();
            }
            return row;
        }

        byte[] write() {
            scratch.reset().writeLong(rows);
            for (Accumulator accumulator : accumulators) {
                accumulator.write(scratch);
            }
            return scratch.toBytes();
        }
    }
}
