package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.jspecify.annotations.Nullable;

/**
 * A subquery that compares two of its columns with one column of the outer row, {@code o.k = a AND o.k = b}, compares them with each other, {@code o.k = a AND
 * a = b}: of several equalities with one outer column, Calcite's decorrelation keeps the last alone.
 */
final class OuterEqualities extends RelHomogeneousShuttle {

    private final RexBuilder rexBuilder;

    OuterEqualities(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    private record Equality(SqlOperator operator, RexNode column) {}

    @Override
    public RelNode visit(RelNode other) {
        RelNode visited = super.visit(other);
        if (!(visited instanceof LogicalFilter filter)) {
            return visited;
        }
        Map<RexNode, Equality> first = new HashMap<>();
        List<RexNode> conjuncts = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(filter.getCondition())) {
            RexNode outer = outer(conjunct);
            if (outer == null) {
                conjuncts.add(conjunct);
                continue;
            }
            RexCall call = (RexCall) conjunct;
            Equality equality = new Equality(
                    call.getOperator(),
                    call.getOperands().get(call.getOperands().get(0).equals(outer) ? 1 : 0));
            Equality before = first.putIfAbsent(outer, equality);
            conjuncts.add(
                    before == null
                            ? conjunct
                            : rexBuilder.makeCall(
                                    before.operator().equals(equality.operator())
                                            ? equality.operator()
                                            : SqlStdOperatorTable.EQUALS,
                                    before.column(),
                                    equality.column()));
        }
        return filter.copy(filter.getTraitSet(), filter.getInput(), RexUtil.composeConjunction(rexBuilder, conjuncts));
    }

    /** The outer row's column that this compares with a column of the subquery, or null. */
    private static @Nullable RexNode outer(RexNode conjunct) {
        if (!conjunct.isA(SqlKind.EQUALS) && !conjunct.isA(SqlKind.IS_NOT_DISTINCT_FROM)) {
            return null;
        }
        RexNode left = ((RexCall) conjunct).getOperands().get(0);
        RexNode right = ((RexCall) conjunct).getOperands().get(1);
        if (left instanceof RexFieldAccess && right instanceof RexInputRef) {
            return left;
        }
        return right instanceof RexFieldAccess && left instanceof RexInputRef ? right : null;
    }
}
