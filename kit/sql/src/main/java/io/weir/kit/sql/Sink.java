package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.calcite.rex.RexLiteral;

/** The end of a plan: how its rows become upserts and deletes of the output's keys, with as little state as that needs. */
sealed interface Sink {

    String describe();

    /**
     * Each row of the one input is a row of the output under the same key: no state.
     *
     * @param key for each column of the output's key the position in the input's key
     */
    record Straight(Source source, List<Integer> key) implements Sink {
        @Override
        public String describe() {
            return "straight, key " + key;
        }
    }

    /** The operator before gives one row per output key, and both sides of an update in one change: no state. */
    record Direct(Operator from) implements Sink {
        @Override
        public String describe() {
            return "direct";
        }
    }

    /** Keeps the rows of each output key. */
    record Keyed(Edge input, List<Integer> key, boolean proved) implements Sink {
        @Override
        public String describe() {
            return "keyed by %s, %s".formatted(key, proved ? "unique" : "checked");
        }
    }

    /** Keeps how often each row is there: the whole row is the key. */
    record Counted(Edge input) implements Sink {
        @Override
        public String describe() {
            return "counted";
        }
    }

    /** Rows are only ever added: no state. */
    record Appended(Operator from) implements Sink {
        @Override
        public String describe() {
            return "appended";
        }
    }

    static Sink of(Operator root, DataProduct output, boolean proved) {
        List<Integer> key = output.key();
        if (output.kind() == DataProduct.Kind.EVENTS) {
            return new Appended(root);
        }
        if (key.isEmpty()) {
            List<Integer> row =
                    IntStream.range(0, output.rowType().size()).boxed().toList();
            return new Counted(
                    root.spread().keepsTogether(row)
                            ? Edge.direct(root)
                            : Edge.moved("sink", root, row, output.partitions()));
        }
        if (root instanceof Source source) {
            Optional<List<Integer>> same = sameKey(source, key);
            if (same.isPresent()) {
                return new Straight(source, same.get());
            }
        }
        Optional<List<Integer>> told = root.told();
        if (told.isPresent() && carriesExactly(root, key, new HashSet<>(told.get()))) {
            return new Direct(root);
        }
        Edge edge = root.spread().keepsTogether(key)
                ? Edge.direct(root)
                : Edge.moved("sink", root, key, output.partitions());
        return new Keyed(edge, key, proved);
    }

    private static Optional<List<Integer>> sameKey(Source source, List<Integer> key) {
        List<Integer> positions = new ArrayList<>();
        for (int column : key) {
            OptionalInt carried = source.calc().carried(column);
            int position = carried.isEmpty()
                    ? -1
                    : source.product().key().indexOf(source.columns().get(carried.getAsInt()));
            if (position < 0) {
                return Optional.empty();
            }
            positions.add(position);
        }
        boolean all = new HashSet<>(positions).size() == source.product().key().size();
        return all && positions.size() == source.product().key().size() ? Optional.of(positions) : Optional.empty();
    }

    private static boolean carriesExactly(Operator root, List<Integer> key, Set<Integer> columns) {
        Set<Integer> carried = new HashSet<>();
        for (int column : key) {
            OptionalInt from = root.calc().carried(column);
            if (root.calc().projections().get(column) instanceof RexLiteral) {
                continue;
            }
            if (from.isEmpty() || !columns.contains(from.getAsInt())) {
                return false;
            }
            carried.add(from.getAsInt());
        }
        return carried.equals(columns);
    }
}
