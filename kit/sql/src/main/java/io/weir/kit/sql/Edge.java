package io.weir.kit.sql;

import java.util.List;
import java.util.Optional;

/** The way from one operator to the next; through a repartition topic where the rows have to move to another partition. */
record Edge(Operator from, Optional<Repartition> repartition) {

    /** Named as the topic is, without the {@code -repartition} that Kafka Streams adds. */
    record Repartition(String name, List<Integer> columns, int partitions) {}

    static Edge direct(Operator from) {
        return new Edge(from, Optional.empty());
    }

    static Edge moved(String name, Operator from, List<Integer> columns, int partitions) {
        return new Edge(from, Optional.of(new Repartition(name, columns, partitions)));
    }

    /** Rows that agree in {@code columns} come to one partition; they move only where they have to. */
    static Edge together(Operator from, String name, List<Integer> columns) {
        return from.spread().keepsTogether(columns)
                ? direct(from)
                : moved(name, from, columns, from.spread().partitions());
    }

    /** Whether its rows move only from a single partition to a single one: they wait for the commit as all that move, and need no topic. */
    boolean isHeldBack() {
        return repartition.isPresent()
                && repartition.get().partitions() == 1
                && from.spread().partitions() == 1;
    }

    Spread spread() {
        return repartition
                .map(move -> Spread.of(
                        move.columns(),
                        move.columns().stream().map(from.types()::get).toList(),
                        move.partitions()))
                .orElseGet(from::spread);
    }
}
