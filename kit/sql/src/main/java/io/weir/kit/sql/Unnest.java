package io.weir.kit.sql;

import static java.util.Objects.requireNonNull;

import io.weir.kit.sql.change.Unnested;
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
import org.apache.calcite.rex.RexUtil;
import org.jspecify.annotations.Nullable;

/** A relation beside the elements of one of its arrays, {@code FROM orders o CROSS JOIN UNNEST(o.tags) AS t(tag)}: Calcite's correlation without a correlation. */
final class Unnest extends SingleRel {

    private final Unnested.Spec spec;

    private Unnest(RelNode input, Unnested.Spec spec, RelDataType rowType) {
        super(input.getCluster(), input.getTraitSet(), input);
        this.spec = spec;
        this.rowType = rowType;
    }

    Unnested.Spec spec() {
        return spec;
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new Unnest(inputs.getFirst(), spec, getRowType());
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("spec", spec);
    }

    /** The query with its correlated UNNESTs as this. */
    static RelNode in(RelNode query) {
        return query.accept(new RelShuttleImpl() {
            @Override
            public RelNode visit(LogicalCorrelate correlate) {
                Unnested.Spec spec = spec(correlate);
                return spec == null
                        ? super.visit(correlate)
                        : new Unnest(correlate.getLeft().accept(this), spec, correlate.getRowType());
            }
        });
    }

    private static Unnested.@Nullable Spec spec(LogicalCorrelate correlate) {
        RelNode right = correlate.getRight();
        if (right instanceof LogicalProject named
                && RexUtil.isIdentity(named.getProjects(), named.getInput().getRowType())) {
            right = named.getInput();
        }
        if ((correlate.getJoinType() == JoinRelType.INNER || correlate.getJoinType() == JoinRelType.LEFT)
                && right instanceof Uncollect uncollect
                && uncollect.getInput() instanceof LogicalProject arrays
                && arrays.getInput() instanceof LogicalValues
                && arrays.getProjects().size() == 1
                && arrays.getProjects().getFirst() instanceof RexFieldAccess array
                && array.getReferenceExpr() instanceof RexCorrelVariable variable
                && variable.id.equals(correlate.getCorrelationId())
                && array.getType().getComponentType() != null) {
            RelDataType element = requireNonNull(array.getType().getComponentType());
            return new Unnested.Spec(
                    array.getField().getIndex(),
                    element.isStruct() ? element.getFieldCount() : 0,
                    uncollect.withOrdinality,
                    correlate.getJoinType() == JoinRelType.LEFT);
        }
        return null;
    }
}
