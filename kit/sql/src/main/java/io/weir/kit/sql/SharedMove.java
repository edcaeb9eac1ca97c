package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.sql.Edge.Repartition;
import io.weir.kit.sql.change.Change;
import io.weir.kit.sql.change.ChangeBuilder;
import io.weir.kit.sql.change.Delta;
import io.weir.kit.sql.change.Distribution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.jspecify.annotations.Nullable;

/**
 * The one way of several sources of a product whose rows move by the same key: what each would send goes through one topic.
 *
 * <p>A row that moves has every expression that one of the sources gives, once, and tells in its last column which of them give a row at all. Filters and
 * expressions have been calculated before, so each source moves and rejects the rows that it would alone.
 *
 * @param way the topic; its columns are those of the rows that move
 * @param types of the rows that move
 * @param places for each source the columns that hold its own
 */
record SharedMove(Repartition way, List<Source> sources, List<DataType> types, List<List<Integer>> places) {

    /** The products, and by what over how many partitions; equal expressions of one product have equal values. */
    private record Way(DataProduct product, List<RexNode> by, int partitions) {}

    /** Of all edges of a plan, in its order. */
    static List<SharedMove> of(List<Edge> edges) {
        Map<Way, List<Edge>> ways = new LinkedHashMap<>();
        for (Edge edge : edges) {
            if (edge.from() instanceof Source source && edge.repartition().isPresent() && !edge.isHeldBack()) {
                Repartition move = edge.repartition().get();
                List<RexNode> by =
                        move.columns().stream().map(expressions(source)::get).toList();
                ways.computeIfAbsent(new Way(source.product(), by, move.partitions()), _ -> new ArrayList<>())
                        .add(edge);
            }
        }
        return ways.values().stream()
                .filter(alike -> alike.size() > 1 && alike.size() <= Long.SIZE)
                .map(SharedMove::together)
                .toList();
    }

    private static SharedMove together(List<Edge> edges) {
        Map<RexNode, Integer> columns = new LinkedHashMap<>();
        List<DataType> types = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        List<List<Integer>> places = new ArrayList<>();
        for (Edge edge : edges) {
            Source source = (Source) edge.from();
            List<RexNode> expressions = expressions(source);
            List<Integer> own = new ArrayList<>();
            for (int i = 0; i < expressions.size(); i++) {
                int column = columns.computeIfAbsent(expressions.get(i), _ -> columns.size());
                if (column == types.size()) {
                    types.add(source.types().get(i));
                }
                own.add(column);
            }
            sources.add(source);
            places.add(own);
        }
        types.add(new DataType.BigInt());
        Repartition first = edges.getFirst().repartition().orElseThrow();
        List<Integer> by = first.columns().stream().map(places.getFirst()::get).toList();
        return new SharedMove(
                new Repartition(first.name(), by, first.partitions()),
                List.copyOf(sources),
                List.copyOf(types),
                List.copyOf(places));
    }

    /** What a source gives, over the product's columns. */
    private static List<RexNode> expressions(Source source) {
        return new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return new RexInputRef(source.columns().get(ref.getIndex()), ref.getType());
            }
        }.visitList(source.calc().projections());
    }

    /** For the fingerprint and for explaining. */
    String describe() {
        return "%s for %s"
                .formatted(way.name(), sources.stream().map(Source::id).toList());
    }

    /** Takes a source's part out of rows that have moved. */
    UnaryOperator<Change> part(Source source) {
        int number = sources.indexOf(source);
        int[] own = array(places.get(number));
        return moved -> {
            ChangeBuilder rows = new ChangeBuilder();
            for (Delta delta : moved.deltas()) {
                if (((Long) delta.row()[types.size() - 1] >> number & 1) == 1) {
                    rows.add(picked(delta.row(), own), delta.weight());
                }
            }
            return rows.build();
        };
    }

    private static @Nullable Object[] picked(@Nullable Object[] row, int[] columns) {
        @Nullable Object[] picked = new @Nullable Object[columns.length];
        for (int i = 0; i < columns.length; i++) {
            picked[i] = row[columns[i]];
        }
        return picked;
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Makes the rows that move. One per thread. */
    final class Packing {
        private final List<Outlet> outlets;
        private final List<int[]> read;
        private final List<int[]> own = places.stream().map(SharedMove::array).toList();
        private final Distribution distribution = new Distribution(
                way.columns(), way.columns().stream().map(types::get).toList());
        private final ChangeBuilder rows = new ChangeBuilder();
        private byte @Nullable [] key;

        /** {@code columns} are those of the rows that are read, of the product's. */
        Packing(ModelPlan plan, List<Integer> columns) {
            this.outlets = sources.stream()
                    .map(source -> new Outlet(plan, source, null, false))
                    .toList();
            this.read = sources.stream()
                    .map(source ->
                            source.columns().stream().mapToInt(columns::indexOf).toArray())
                    .toList();
        }

        /** The key of the record that is worked on, for rejections. */
        void startRecord(byte @Nullable [] recordKey) {
            key = recordKey;
            outlets.forEach(outlet -> outlet.startRecord(recordKey));
        }

        /** Takes a row that was read; {@code value} is that of the record that brought it. */
        void add(@Nullable Object[] row, long weight, byte @Nullable [] value) {
            @Nullable Object[] moving = new @Nullable Object[types.size()];
            long givenBy = 0;
            for (int i = 0; i < outlets.size(); i++) {
                @Nullable Object[] of = picked(row, read.get(i));
                @Nullable
                Object[] given = weight > 0
                        ? outlets.get(i).calculate(of, key, value)
                        : outlets.get(i).calculateAgain(of);
                if (given != null) {
                    givenBy |= 1L << i;
                    int[] to = own.get(i);
                    for (int j = 0; j < given.length; j++) {
                        moving[to[j]] = given[j];
                    }
                }
            }
            if (givenBy != 0) {
                moving[types.size() - 1] = givenBy;
                rows.add(moving, weight);
            }
        }

        /** Hands over all that came since the last time: key and message. */
        void flush(BiConsumer<byte @Nullable [], Message> forward) {
            outlets.forEach(outlet -> outlet.flush(forward));
            distribution
                    .split(rows.build())
                    .forEach(message -> forward.accept(message.key(), new Message.Rows(message.change())));
        }
    }
}
