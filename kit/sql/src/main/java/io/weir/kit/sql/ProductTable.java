package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.apache.calcite.util.ImmutableBitSet;

/** A data product as a table: the contract's columns, unique on its primary key. */
final class ProductTable extends AbstractTable {

    private static final double ANY_ROW_COUNT = 1000;

    private final DataProduct product;

    ProductTable(DataProduct product) {
        this.product = product;
    }

    DataProduct product() {
        return product;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory factory) {
        RelDataTypeFactory.Builder row = factory.builder();
        for (Column column : product.rowType().columns()) {
            row.add(column.name(), Types.toCalcite(column.type(), column.nullable(), factory));
        }
        return row.build();
    }

    @Override
    public Statistic getStatistic() {
        return product.key().isEmpty()
                ? Statistics.of(ANY_ROW_COUNT, List.of())
                : Statistics.of(ANY_ROW_COUNT, List.of(ImmutableBitSet.of(product.key())));
    }
}
