package io.weir.kit.sql;

import com.google.common.collect.ImmutableList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * Turns joins that mark each left row with TRUE, FALSE or NULL (IN and EXISTS) into joins that maintain: semi joins where a filter keeps what is TRUE, anti joins where
 * it keeps what is FALSE, else joins that mark with TRUE or FALSE.
 *
 * <p>A mark is NULL where no partner is certain and one is possible: {@code x IN (y...)} where {@code x} is null and there is any y, or where a y is null. Each of the
 * two is a join of its own, so that the rows are still found by their keys.
 */
final class MarkJoins extends RelHomogeneousShuttle {

    private final RexBuilder rexBuilder;

    MarkJoins(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    /** A join's right side and condition, which has no third value. */
    private record Partners(RelNode right, List<RexNode> conditions) {}

    @Override
    public RelNode visit(RelNode other) {
        if (other instanceof LogicalFilter filter && isMark(filter.getInput())) {
            return filtered(filter.getCondition(), (LogicalJoin) filter.getInput());
        }
        RelNode visited = super.visit(other);
        return isMark(visited) ? marked((LogicalJoin) visited, true) : visited;
    }

    private static boolean isMark(RelNode node) {
        return node instanceof LogicalJoin join && join.getJoinType() == JoinRelType.LEFT_MARK;
    }

    private RelNode filtered(RexNode condition, LogicalJoin join) {
        int mark = join.getLeft().getRowType().getFieldCount();
        List<RexNode> below = new ArrayList<>();
        List<RexNode> mixed = new ArrayList<>();
        boolean semi = false;
        boolean anti = false;
        boolean possible = false;
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            if (!RelOptUtil.InputFinder.bits(conjunct).get(mark)) {
                below.add(conjunct);
            } else if (isMark(conjunct, mark) || isOf(conjunct, SqlKind.IS_TRUE, mark)) {
                semi = true;
            } else if (isOf(conjunct, SqlKind.NOT, mark) || isOf(conjunct, SqlKind.IS_FALSE, mark)) {
                anti = true;
                possible = true;
            } else if (isOf(conjunct, SqlKind.IS_NOT_TRUE, mark)) {
                anti = true;
            } else {
                mixed.add(conjunct);
            }
        }
        RelNode left = below.isEmpty()
                ? join.getLeft()
                : LogicalFilter.create(join.getLeft(), RexUtil.composeConjunction(rexBuilder, below));
        RelNode newLeft = left.accept(this);
        RelNode newRight = join.getRight().accept(this);
        if (!semi && !anti) {
            boolean threeValued = !mixed.stream().allMatch(conjunct -> keepsOnlyTrue(conjunct, mark));
            RelNode marked = marked(
                    LogicalJoin.create(
                            newLeft, newRight, List.of(), join.getCondition(), Set.of(), JoinRelType.LEFT_MARK),
                    threeValued);
            return LogicalFilter.create(marked, RexUtil.composeConjunction(rexBuilder, mixed));
        }
        RelNode joined;
        if (semi) {
            joined = join(newLeft, certain(newRight, join.getCondition()), JoinRelType.SEMI);
            // What is TRUE is not FALSE: nothing is left.
            if (anti) {
                mixed.add(rexBuilder.makeLiteral(false));
            }
        } else {
            joined = join(newLeft, certain(newRight, join.getCondition()), JoinRelType.ANTI);
            if (possible) {
                for (Partners unknown : possible(newLeft, newRight, join.getCondition())) {
                    joined = join(joined, unknown, JoinRelType.ANTI);
                }
            }
        }
        List<RexNode> columns = columns(newLeft, mark);
        RexNode said = rexBuilder.makeLiteral(semi);
        columns.add(
                rexBuilder.ensureType(join.getRowType().getFieldList().get(mark).getType(), said, true));
        RelNode result = LogicalProject.create(
                joined, List.of(), columns, join.getRowType().getFieldNames(), Set.of());
        return mixed.isEmpty() ? result : LogicalFilter.create(result, RexUtil.composeConjunction(rexBuilder, mixed));
    }

    /** The join with a mark that the operator knows, TRUE or FALSE, and where NULL matters with two more. */
    private RelNode marked(LogicalJoin join, boolean threeValued) {
        RelNode left = join.getLeft();
        RelNode right = join.getRight();
        int mark = left.getRowType().getFieldCount();
        List<Partners> unknown = threeValued ? possible(left, right, join.getCondition()) : List.of();
        RelNode joined = join(left, certain(right, join.getCondition()), JoinRelType.LEFT_MARK);
        List<RexNode> unknownMarks = new ArrayList<>();
        for (Partners partners : unknown) {
            unknownMarks.add(new RexInputRef(
                    joined.getRowType().getFieldCount(),
                    rexBuilder.getTypeFactory().createSqlType(org.apache.calcite.sql.type.SqlTypeName.BOOLEAN)));
            joined = join(joined, shifted(partners, mark, unknownMarks.size()), JoinRelType.LEFT_MARK);
        }
        var type = join.getRowType().getFieldList().get(mark).getType();
        RexNode said = rexBuilder.makeInputRef(joined, mark);
        if (!unknownMarks.isEmpty()) {
            said = rexBuilder.makeCall(
                    SqlStdOperatorTable.CASE,
                    said,
                    rexBuilder.makeLiteral(true),
                    RexUtil.composeDisjunction(rexBuilder, unknownMarks),
                    rexBuilder.makeNullLiteral(type),
                    rexBuilder.makeLiteral(false));
        }
        List<RexNode> columns = columns(joined, mark);
        columns.add(rexBuilder.ensureType(type, said, true));
        return LogicalProject.create(
                joined, List.of(), columns, join.getRowType().getFieldNames(), Set.of());
    }

    private static List<RexNode> columns(RelNode rows, int count) {
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            columns.add(RexInputRef.of(i, rows.getRowType()));
        }
        return columns;
    }

    private RelNode join(RelNode left, Partners partners, JoinRelType type) {
        return LogicalJoin.create(
                left,
                partners.right,
                List.of(),
                RexUtil.composeConjunction(rexBuilder, partners.conditions),
                Set.of(),
                type);
    }

    /** The same partners of left rows that have more columns by now. */
    private static Partners shifted(Partners partners, int width, int by) {
        return new Partners(
                partners.right,
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef ref) {
                        return ref.getIndex() < width ? ref : new RexInputRef(ref.getIndex() + by, ref.getType());
                    }
                }.visitList(partners.conditions));
    }

    private Partners certain(RelNode right, RexNode condition) {
        return new Partners(
                right,
                RelOptUtil.conjunctions(condition).stream()
                        .map(conjunct -> twoValued(conjunct, SqlStdOperatorTable.IS_TRUE))
                        .toList());
    }

    private RexNode twoValued(RexNode condition, SqlOperator how) {
        return condition.getType().isNullable() ? rexBuilder.makeCall(how, condition) : condition;
    }

    /** The right rows that are partners as far as one knows, among which may be those that certainly are. */
    private List<Partners> possible(RelNode left, RelNode right, RexNode condition) {
        int width = left.getRowType().getFieldCount();
        List<RexNode> known = new ArrayList<>();
        List<RexNode> unsure = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            (canBeNull(conjunct, left, right) ? unsure : known).add(twoValued(conjunct, SqlStdOperatorTable.IS_TRUE));
        }
        if (unsure.isEmpty()) {
            return List.of();
        }
        if (unsure.size() == 1
                && ((RexCall) unsure.getFirst()).getOperands().getFirst() instanceof RexCall comparison
                && comparison.isA(SqlKind.COMPARISON)) {
            RexNode a = comparison.getOperands().get(0);
            RexNode b = comparison.getOperands().get(1);
            if (!isOfLeft(a, width)) {
                RexNode swapped = a;
                a = b;
                b = swapped;
            }
            ImmutableBitSet ofB = RelOptUtil.InputFinder.bits(b);
            if (isOfLeft(a, width) && !ofB.isEmpty() && ofB.nth(0) >= width) {
                List<Partners> possible = new ArrayList<>();
                if (canBeNull(a, left, right)) {
                    List<RexNode> conditions = new ArrayList<>(known);
                    conditions.add(rexBuilder.makeCall(SqlStdOperatorTable.IS_NULL, a));
                    possible.add(new Partners(right, conditions));
                }
                if (canBeNull(b, left, right)) {
                    possible.add(new Partners(
                            LogicalFilter.create(
                                    right, rexBuilder.makeCall(SqlStdOperatorTable.IS_NULL, RexUtil.shift(b, -width))),
                            known));
                }
                return possible;
            }
        }
        List<RexNode> conditions = new ArrayList<>(known);
        for (RexNode conjunct : unsure) {
            conditions.add(rexBuilder.makeCall(
                    SqlStdOperatorTable.IS_NOT_FALSE,
                    ((RexCall) conjunct).getOperands().getFirst()));
        }
        return List.of(new Partners(right, conditions));
    }

    private static boolean isOfLeft(RexNode expression, int width) {
        return RelOptUtil.InputFinder.bits(expression).length() <= width;
    }

    /** By its type and by what the inputs' filters say. */
    private boolean canBeNull(RexNode expression, RelNode left, RelNode right) {
        if (!expression.getType().isNullable()) {
            return false;
        }
        if (expression instanceof RexCall call && call.isA(SqlKind.COMPARISON)) {
            return call.getOperands().stream().anyMatch(operand -> canBeNull(operand, left, right));
        }
        int width = left.getRowType().getFieldCount();
        boolean isLeft = isOfLeft(expression, width);
        RelNode side = isLeft ? left : right;
        RexNode own = isLeft ? expression : RexUtil.shift(expression, -width);
        RexNode notNull = rexBuilder.makeCall(SqlStdOperatorTable.IS_NOT_NULL, own);
        ImmutableList<RexNode> known =
                side.getCluster().getMetadataQuery().getPulledUpPredicates(side).pulledUpPredicates;
        return !known.contains(notNull);
    }

    private static boolean isMark(RexNode expression, int mark) {
        return expression instanceof RexInputRef ref && ref.getIndex() == mark;
    }

    private static boolean isOf(RexNode expression, SqlKind kind, int mark) {
        return expression instanceof RexCall call
                && call.getKind() == kind
                && isMark(call.getOperands().getFirst(), mark);
    }

    /** Whether it is the same to the condition if the mark is FALSE or NULL. */
    private static boolean keepsOnlyTrue(RexNode condition, int mark) {
        return switch (condition.getKind()) {
            case AND, OR ->
                ((RexCall) condition).getOperands().stream().allMatch(operand -> keepsOnlyTrue(operand, mark));
            default ->
                isMark(condition, mark)
                        || !RelOptUtil.InputFinder.bits(condition).get(mark);
        };
    }
}
