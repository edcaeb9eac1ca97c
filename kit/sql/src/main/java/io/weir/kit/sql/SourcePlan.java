package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;

/** Plans the reading of products. */
final class SourcePlan {

    private final PlanBuilder plan;

    SourcePlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Source of(LogicalTableScan scan) {
        ProductTable table = scan.getTable().unwrap(ProductTable.class);
        if (table == null) {
            throw new IllegalStateException("not a product: " + scan.getTable().getQualifiedName());
        }
        DataProduct product = table.product();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < product.rowType().size(); i++) {
            all.add(i);
        }
        return new Source(plan.name("source"), product, all, Calc.identity(scan.getRowType()));
    }

    /** Reads only the columns that are used, and the key. */
    Source pruned(Source source) {
        Set<Integer> used = new TreeSet<>();
        RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used.add(ref.getIndex());
                return null;
            }
        };
        source.calc().conditions().forEach(expression -> expression.accept(collect));
        source.calc().projections().forEach(expression -> expression.accept(collect));
        if (used.size() == source.columns().size()) {
            return source;
        }
        List<Integer> columns = new ArrayList<>(used);
        List<RelDataTypeField> fields = columns.stream()
                .map(column -> source.calc().input().getFieldList().get(column))
                .toList();
        RelDataTypeFactory.Builder builder = plan.types().builder();
        fields.forEach(field -> builder.add(field.getName(), field.getType()));
        RelDataType input = builder.build();
        RexShuttle shift = new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return RexInputRef.of(columns.indexOf(ref.getIndex()), input);
            }
        };
        Calc calc = new Calc(
                input,
                shift.visitList(source.calc().conditions()),
                shift.visitList(source.calc().projections()),
                source.calc().names());
        return new Source(
                source.id(),
                source.product(),
                columns.stream().map(source.columns()::get).toList(),
                calc);
    }
}
