package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RowType;
import java.util.List;

/**
 * A product's topic.
 *
 * @param columns the columns that are read, of the product's
 */
record Source(String id, DataProduct product, List<Integer> columns, Calc calc) implements Operator {
    RowType read() {
        return product.rowType().project(columns);
    }

    /** Whether the whole row is the key, and a record says how often it is there. */
    boolean isCounted() {
        return product.key().isEmpty() && !isAppendOnly();
    }

    @Override
    public boolean isAppendOnly() {
        return product.kind() == DataProduct.Kind.EVENTS;
    }

    @Override
    public Spread spread() {
        if (product.key().isEmpty()) {
            return Spread.unknown(
                    product.partitions()); // a key of nullable columns has other bytes than a repartition key
        }
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
        return "source %s %s%s"
                .formatted(
                        product.name(),
                        read().columns(),
                        isAppendOnly() ? " of events" : isCounted() ? " counted" : "");
    }

    @Override
    public boolean canReject() {
        return true;
    }

    @Override
    public String keeps() {
        return product.name()
                + read().columns().stream()
                        .map(column -> column.name())
                        .toList()
                        .toString()
                + (isAppendOnly()
                        ? "; events; keeps nothing"
                        : isCounted()
                                ? "; keeps how often each row is there, O(log n)"
                                : "; keeps the current row of each key, O(log n)");
    }

    @Override
    public List<String> stores() {
        return isAppendOnly() ? List.of() : List.of(id);
    }
}
