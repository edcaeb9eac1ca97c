package io.weir.kit.sql;

import java.util.List;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelShuttleImpl;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Uncollect;
import org.apache.calcite.rel.logical.LogicalCorrelate;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.jspecify.annotations.Nullable;

/** A relation beside the elements of one of its arrays, {@code FROM orders o CROSS JOIN UNNEST(o.tags) AS t(tag)}: Calcite's correlation without a correlation. */
final class Unnest extends SingleRel {

    private final int column;

    private Unnest(RelNode input, int column, RelDataType rowType) {
        super(input.getCluster(), input.getTraitSet(), input);
        this.column = column;
        this.rowType = rowType;
    }

    /** The array's column. */
    int column() {
        return column;
    }

    /** Of how many columns an element is: 1, or as many as a record has fields. */
    int width() {
        return getRowType().getFieldCount() - getInput().getRowType().getFieldCount();
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new Unnest(inputs.getFirst(), column, getRowType());
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("column", column);
    }

    /** The query with its correlated UNNESTs as this. */
    static RelNode in(RelNode query) {
        return query.accept(new RelShuttleImpl() {
            @Override
            public RelNode visit(LogicalCorrelate correlate) {
                RexFieldAccess array = array(correlate);
                return array == null
                        ? super.visit(correlate)
                        : new Unnest(
                                correlate.getLeft().accept(this),
                                array.getField().getIndex(),
                                correlate.getRowType());
            }
        });
    }

    private static @Nullable RexFieldAccess array(LogicalCorrelate correlate) {
        RelNode right = correlate.getRight();
        if (right instanceof LogicalProject named
                && RexUtil.isIdentity(named.getProjects(), named.getInput().getRowType())) {
            right = named.getInput();
        }
        if (correlate.getJoinType() == JoinRelType.INNER
                && right instanceof Uncollect uncollect
                && !uncollect.withOrdinality
                && uncollect.getInput() instanceof LogicalProject arrays
                && arrays.getInput() instanceof LogicalValues
                && arrays.getProjects().size() == 1) {
            RexNode array = arrays.getProjects().getFirst();
            return array instanceof RexFieldAccess access
                            && access.getReferenceExpr() instanceof RexCorrelVariable variable
                            && variable.id.equals(correlate.getCorrelationId())
                    ? access
                    : null;
        }
        return null;
    }
}
