package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Correlate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/**
 * Where a subquery of which only matters whether it has rows depends on the outer row in filters and columns alone, these are the condition of a join: nothing has
 * to be computed for each value of the outer row, as the general way would.
 */
final class CorrelatedFilters extends RelHomogeneousShuttle {

    private final RexBuilder rexBuilder;

    CorrelatedFilters(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode visited = super.visit(other);
        return visited instanceof Correlate correlate && correlate.getJoinType() == JoinRelType.LEFT_MARK
                ? joined(correlate)
                : visited;
    }

    private RelNode joined(Correlate correlate) {
        CorrelationId outer = correlate.getCorrelationId();
        int width = correlate.getLeft().getRowType().getFieldCount();
        List<RexNode> conditions = new ArrayList<>(RelOptUtil.conjunctions(correlate.getCondition()));
        RelNode inner = correlate.getRight();
        List<RexNode> kept = new ArrayList<>();
        while (uses(inner, outer)) {
            if (inner instanceof LogicalProject project && kept.isEmpty()) {
                RexShuttle through = new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef ref) {
                        return ref.getIndex() < width
                                ? ref
                                : RexUtil.shift(project.getProjects().get(ref.getIndex() - width), width);
                    }
                };
                conditions.replaceAll(condition -> condition.accept(through));
            } else if (inner instanceof LogicalFilter filter) {
                for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
                    if (uses(conjunct, outer)) {
                        RexNode shifted = RexUtil.shift(conjunct, width);
                        // Where the filter does not know, there is no row, as little as where it says no.
                        conditions.add(
                                shifted.getType().isNullable()
                                        ? rexBuilder.makeCall(SqlStdOperatorTable.IS_TRUE, shifted)
                                        : shifted);
                    } else {
                        kept.add(conjunct);
                    }
                }
            } else {
                return correlate;
            }
            inner = inner.getInput(0);
        }
        RexShuttle left = new RexShuttle() {
            @Override
            public RexNode visitFieldAccess(RexFieldAccess access) {
                return access.getReferenceExpr() instanceof RexCorrelVariable variable && variable.id.equals(outer)
                        ? rexBuilder.makeInputRef(
                                correlate.getLeft(), access.getField().getIndex())
                        : super.visitFieldAccess(access);
            }
        };
        if (!kept.isEmpty()) {
            inner = LogicalFilter.create(inner, RexUtil.composeConjunction(rexBuilder, kept));
        }
        RexNode condition = RexUtil.composeConjunction(rexBuilder, left.visitList(conditions));
        return LogicalJoin.create(correlate.getLeft(), inner, List.of(), condition, Set.of(), JoinRelType.LEFT_MARK);
    }

    private static boolean uses(RelNode query, CorrelationId outer) {
        return RelOptUtil.getVariablesUsed(query).contains(outer);
    }

    private static boolean uses(RexNode expression, CorrelationId outer) {
        boolean[] found = new boolean[1];
        expression.accept(new RexShuttle() {
            @Override
            public RexNode visitCorrelVariable(RexCorrelVariable variable) {
                found[0] |= variable.id.equals(outer);
                return variable;
            }
        });
        return found[0];
    }
}
