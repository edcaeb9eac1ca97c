package io.weir.kit.sql;

import io.weir.kit.sql.change.TopRows;
import java.util.List;
import java.util.Optional;

/**
 * The first rows of each partition, with their number as one more column.
 *
 * @param local whether there is more to come: the first rows of a Kafka partition alone, from which those of all are picked
 */
record FirstRows(String id, Edge input, TopRows.Spec spec, boolean local, Calc calc) implements Operator {
    @Override
    public Spread spread() {
        return input.spread().through(calc);
    }

    @Override
    public List<Edge> inputs() {
        return List.of(input);
    }

    @Override
    public Operator withCalc(Calc changed) {
        return new FirstRows(id, input, spec, local, changed);
    }

    /** Whether there is one row for each partition. */
    boolean isSingle() {
        return !local && spec.limit() == 1 && spec.numbering() == TopRows.Numbering.ROW_NUMBER;
    }

    @Override
    public String describe() {
        return "%s up to %d of %s by %s, then %s%s"
                .formatted(
                        spec.numbering(),
                        spec.limit(),
                        spec.partitionKeys(),
                        spec.orders(),
                        spec.ties(),
                        local ? ", local" : "");
    }

    @Override
    public String keeps() {
        String first = spec.limit() == 1 ? "first row" : "first %d rows".formatted(spec.limit());
        return "%s%s; keeps all rows in order, O(log n)%s"
                .formatted(
                        spec.partitionKeys().isEmpty() ? first : first + " of each partition",
                        local ? " of each Kafka partition" : "",
                        spec.limit() == 1 ? "" : " and the first rows where they change");
    }

    @Override
    public List<String> stores() {
        return List.of(id);
    }

    @Override
    public List<Step> steps(Stores stores) {
        TopRows first = new TopRows(spec, stores.apply(id));
        return List.of(first::apply);
    }

    @Override
    public Optional<List<Integer>> told() {
        return isSingle() ? Optional.of(spec.partitionKeys()) : Optional.empty();
    }
}
