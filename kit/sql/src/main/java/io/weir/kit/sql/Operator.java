package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.RowType;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Join;
import io.weir.kit.sql.change.TopOne;
import java.util.List;
import java.util.Optional;

/** A node of a plan: what it keeps, and the {@link Calc} through which its rows go out. */
sealed interface Operator {

    /** Stable and unique in the plan: the name of its processor and the start of its stores' names. */
    String id();

    Calc calc();

    /** How the rows that go out are spread over partitions. */
    Spread spread();

    /** The operators before it. */
    List<Edge> inputs();

    Operator withCalc(Calc calc);

    /** What the operator keeps and works by, for the fingerprint and for explaining. */
    String describe();

    default List<DataType> types() {
        return calc().types();
    }

    /**
     * A product's topic.
     *
     * @param columns the columns that are read, of the product's
     */
    record Source(String id, DataProduct product, List<Integer> columns, Calc calc) implements Operator {
        RowType read() {
            return product.rowType().project(columns);
        }

        @Override
        public Spread spread() {
            return Spread.of(
                            product.key().stream().map(columns::indexOf).toList(),
                            product.keyType().columns().stream()
                                    .map(column -> column.type())
                                    .toList(),
                            product.partitions())
                    .through(calc);
        }

        @Override
        public List<Edge> inputs() {
            return List.of();
        }

        @Override
        public Operator withCalc(Calc changed) {
            return new Source(id, product, columns, changed);
        }

        @Override
        public String describe() {
            return "source %s %s".formatted(product.name(), read().columns());
        }
    }

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
    }

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
    }

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
    }

    /** The way from one operator to the next; through a repartition topic where the rows have to move. */
    record Edge(Operator from, Optional<Repartition> repartition) {
        Spread spread() {
            return repartition
                    .map(move -> Spread.of(
                            move.columns(),
                            move.columns().stream().map(from.types()::get).toList(),
                            move.partitions()))
                    .orElseGet(from::spread);
        }
    }

    /** Named as the topic is, without the {@code -repartition} that Kafka Streams adds. */
    record Repartition(String name, List<Integer> columns, int partitions) {}
}
