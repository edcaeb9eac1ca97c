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

    @Override
    public String keeps() {
        return product.name()
                + read().columns().stream()
                        .map(column -> column.name())
                        .toList()
                        .toString()
                + "; keeps the current row of each key, O(log n)";
    }
}
