package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.AsOf;
import io.weir.kit.sql.change.Join;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAsofJoin;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Plans temporal joins, as {@link TemporalJoins} has written them. */
final class AsOfPlan {

    private final PlanBuilder plan;

    AsOfPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(LogicalAsofJoin join) {
        Operator left = plan.rows(join.getLeft());
        Operator right = plan.rows(join.getRight());
        int width = left.types().size();
        List<Integer> leftKeys = new ArrayList<>();
        List<Integer> rightKeys = new ArrayList<>();
        List<DataType> keyTypes = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
            int[] pair = pair(conjunct, SqlKind.EQUALS, width);
            if (pair == null) {
                throw new Refusal(
                        Positions.of(conjunct),
                        "the ON of a temporal join takes equalities of a column of one side and a column of the other, of one type; compute columns in a subquery of the left side");
            }
            leftKeys.add(pair[0]);
            rightKeys.add(pair[1]);
            keyTypes.add(
                    JoinPlan.common(left.types().get(pair[0]), right.types().get(pair[1]), conjunct));
        }
        int[] times = pair(join.getMatchCondition(), SqlKind.GREATER_THAN_OR_EQUAL, width);
        if (times == null || !left.types().get(times[0]).equals(right.types().get(times[1]))) {
            throw new Refusal(
                    Positions.of(join.getMatchCondition()),
                    "FOR SYSTEM_TIME AS OF takes a column of the left side that has the type of the version's time; cast it in a subquery");
        }
        String id = plan.name("temporal");
        Edge[] edges = JoinPlan.meet(id, left, leftKeys, right, rightKeys, keyTypes);
        boolean outer = join.getJoinType() == JoinRelType.LEFT_ASOF;
        AsOf.Spec spec =
                new AsOf.Spec(left.types(), right.types(), leftKeys, rightKeys, keyTypes, times[0], times[1], outer);
        return new AsOfRows(
                id,
                edges[0],
                edges[1],
                spec,
                JoinPlan.joined(edges, outer ? Join.Type.LEFT : Join.Type.INNER, width),
                Calc.identity(join.getRowType()));
    }

    /** The columns of the left and the right side that a condition compares; null where it compares something else. */
    private static int @Nullable [] pair(RexNode condition, SqlKind kind, int width) {
        if (!(condition instanceof RexCall call) || call.getOperands().size() != 2) {
            return null;
        }
        int a = column(call.getOperands().get(0));
        int b = column(call.getOperands().get(1));
        SqlKind found = call.getKind();
        if (a >= width) {
            int swapped = a;
            a = b;
            b = swapped;
            found = found.reverse();
        }
        return found == kind && a >= 0 && a < width && b >= width ? new int[] {a, b - width} : null;
    }

    /** A column as it is, or as a wider integer; -1 for anything else. */
    private static int column(RexNode expression) {
        if (expression instanceof RexInputRef ref) {
            return ref.getIndex();
        }
        return expression instanceof RexCall cast
                        && cast.getKind() == SqlKind.CAST
                        && cast.getOperands().getFirst() instanceof RexInputRef ref
                        && Types.fromCalcite(cast.getType())
                                .filter(Types::isInteger)
                                .isPresent()
                        && Types.fromCalcite(ref.getType())
                                .filter(Types::isInteger)
                                .isPresent()
                ? ref.getIndex()
                : -1;
    }
}
