package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Join;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;

/** Plans joins, and where the two sides meet. */
final class JoinPlan {

    private final PlanBuilder plan;

    JoinPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(LogicalJoin join) {
        boolean outer = join.getJoinType() == JoinRelType.LEFT;
        if (!outer && join.getJoinType() != JoinRelType.INNER) {
            throw new Refusal(Positions.of(join.getCondition()), "only JOIN and LEFT JOIN are maintained");
        }
        Operator left = plan.rows(join.getLeft());
        Operator right = plan.rows(join.getRight());
        List<Integer> leftKeys = new ArrayList<>();
        List<Integer> rightKeys = new ArrayList<>();
        List<Boolean> nullsMatch = new ArrayList<>();
        List<RexNode> rest = new ArrayList<>();
        splitCondition(join, leftKeys, rightKeys, nullsMatch, rest);
        if (leftKeys.isEmpty()) {
            throw new Refusal(
                    Positions.of(join.getCondition()),
                    "a join needs an equality between a column of one side and a column of the other; write JOIN ... ON a.x = b.y");
        }
        int width = left.types().size();
        boolean onlyOfLeft = rest.stream().allMatch(condition -> isBelow(condition, width));
        if (outer && !onlyOfLeft) {
            throw new Refusal(
                    Positions.of(rest.getFirst()),
                    "a LEFT JOIN on anything but equalities is not maintained; put conditions on the right side into a subquery");
        }
        List<Integer> spreadKeys = List.copyOf(leftKeys);
        if (outer && !rest.isEmpty()) {
            left = withKeyWhere(left, leftKeys.getFirst(), rest);
            leftKeys.set(0, width);
            nullsMatch.set(0, false);
        }
        List<DataType> keyTypes = new ArrayList<>();
        for (int i = 0; i < leftKeys.size(); i++) {
            keyTypes.add(common(
                    left.types().get(leftKeys.get(i)), right.types().get(rightKeys.get(i)), join.getCondition()));
        }
        String id = plan.name("join");
        Edge[] edges = meet(id, left, spreadKeys, right, rightKeys, keyTypes);
        Join.Spec spec = new Join.Spec(left.types(), right.types(), leftKeys, rightKeys, keyTypes, nullsMatch, outer);
        Spread spread = joined(edges, outer, left.types().size());
        if (left.types().size() > width) {
            return new JoinRows(id, edges[0], edges[1], spec, spread, without(join.getRowType(), width, left));
        }
        Calc calc = Calc.identity(join.getRowType());
        for (RexNode condition : rest) {
            calc = calc.filter(condition);
        }
        return new JoinRows(id, edges[0], edges[1], spec, spread, calc);
    }

    private static boolean isBelow(RexNode condition, int width) {
        return RelOptUtil.InputFinder.bits(condition).length() <= width;
    }

    /** The left rows with one more column: the key where the conditions hold, else null, and so without a partner. */
    private Operator withKeyWhere(Operator left, int key, List<RexNode> conditions) {
        RexNode keyColumn = left.calc().projections().get(key);
        RexNode condition = RexUtil.composeConjunction(
                plan.rexBuilder(), conditions.stream().map(left.calc()::over).toList());
        RelDataType nullable = plan.types().createTypeWithNullability(keyColumn.getType(), true);
        List<RexNode> columns = new ArrayList<>(left.calc().projections());
        columns.add(plan.rexBuilder()
                .makeCall(
                        nullable,
                        SqlStdOperatorTable.CASE,
                        List.of(
                                condition,
                                plan.rexBuilder().makeAbstractCast(nullable, keyColumn, false),
                                plan.rexBuilder().makeNullLiteral(nullable))));
        List<String> names = new ArrayList<>(left.calc().names());
        names.add("key_where");
        return left.withCalc(new Calc(left.calc().input(), left.calc().conditions(), columns, names));
    }

    /** The joined rows as the query means them, without the column that {@link #withKeyWhere} added. */
    private Calc without(RelDataType joined, int added, Operator left) {
        RelDataTypeFactory.Builder builder = plan.types().builder();
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i <= joined.getFieldCount(); i++) {
            if (i == added) {
                builder.add("key_where", left.calc().projections().get(added).getType());
            } else {
                RelDataTypeField field = joined.getFieldList().get(i < added ? i : i - 1);
                builder.add(field.getName(), field.getType());
                columns.add(new RexInputRef(i, field.getType()));
            }
        }
        return new Calc(builder.build(), List.of(), columns, joined.getFieldNames());
    }

    private static void splitCondition(
            LogicalJoin join,
            List<Integer> leftKeys,
            List<Integer> rightKeys,
            List<Boolean> nullsMatch,
            List<RexNode> rest) {
        int width = join.getLeft().getRowType().getFieldCount();
        for (RexNode conjunct : RelOptUtil.conjunctions(join.getCondition())) {
            if (conjunct instanceof RexCall call
                    && (call.getKind() == SqlKind.EQUALS || call.getKind() == SqlKind.IS_NOT_DISTINCT_FROM)
                    && call.getOperands().get(0) instanceof RexInputRef a
                    && call.getOperands().get(1) instanceof RexInputRef b
                    && (a.getIndex() < width) != (b.getIndex() < width)) {
                leftKeys.add(Math.min(a.getIndex(), b.getIndex()));
                rightKeys.add(Math.max(a.getIndex(), b.getIndex()) - width);
                nullsMatch.add(call.getKind() == SqlKind.IS_NOT_DISTINCT_FROM);
            } else if (!conjunct.isAlwaysTrue()) {
                rest.add(conjunct);
            }
        }
    }

    /** The type in which two key columns are compared; values of both have their place in it. */
    private static DataType common(DataType a, DataType b, RexNode condition) {
        if (a.equals(b)) {
            return a;
        }
        if (Types.isInteger(a) && Types.isInteger(b)) {
            return new DataType.BigInt();
        }
        if (a instanceof DataType.Decimal x && b instanceof DataType.Decimal y) {
            return new DataType.Decimal(PostgresTypeSystem.MAX_DIGITS, Math.max(x.scale(), y.scale()));
        }
        throw new Refusal(
                Positions.of(condition),
                "%s cannot be joined with %s; cast one of them".formatted(Types.sql(a), Types.sql(b)));
    }

    /** Brings rows of both sides that have one key to one partition, moving as few sides as possible. */
    private static Edge[] meet(
            String id,
            Operator left,
            List<Integer> leftKeys,
            Operator right,
            List<Integer> rightKeys,
            List<DataType> keyTypes) {
        List<Integer> leftOrder = usable(left, leftKeys, right, rightKeys);
        List<Integer> rightOrder = usable(right, rightKeys, left, leftKeys);
        String moveLeft = id + "-left";
        String moveRight = id + "-right";
        Edge asItIs = Edge.direct(left);
        Edge rightAsItIs = Edge.direct(right);
        if (!leftOrder.isEmpty() && !rightOrder.isEmpty()) {
            if (leftOrder.equals(rightOrder)
                    && left.spread().partitions() == right.spread().partitions()) {
                return new Edge[] {asItIs, rightAsItIs};
            }
        }
        if (!leftOrder.isEmpty()) {
            return new Edge[] {
                asItIs,
                Edge.moved(
                        moveRight,
                        right,
                        pick(rightKeys, leftOrder),
                        left.spread().partitions())
            };
        }
        if (!rightOrder.isEmpty()) {
            return new Edge[] {
                Edge.moved(
                        moveLeft,
                        left,
                        pick(leftKeys, rightOrder),
                        right.spread().partitions()),
                rightAsItIs
            };
        }
        int partitions = Math.max(left.spread().partitions(), right.spread().partitions());
        for (int i = 0; i < keyTypes.size(); i++) {
            DataType a = left.types().get(leftKeys.get(i));
            DataType b = right.types().get(rightKeys.get(i));
            if (Types.spreadAlike(a, b)) {
                continue;
            }
            // Decimals of different scale: equal numbers have different bytes, so this column cannot decide the
            // partition.
            List<Integer> alike = new ArrayList<>();
            for (int j = 0; j < keyTypes.size(); j++) {
                if (Types.spreadAlike(
                        left.types().get(leftKeys.get(j)), right.types().get(rightKeys.get(j)))) {
                    alike.add(j);
                }
            }
            return new Edge[] {
                Edge.moved(moveLeft, left, pick(leftKeys, alike), partitions),
                Edge.moved(moveRight, right, pick(rightKeys, alike), partitions)
            };
        }
        return new Edge[] {
            Edge.moved(moveLeft, left, leftKeys, partitions), Edge.moved(moveRight, right, rightKeys, partitions)
        };
    }

    /** By which of the join's keys the operator's rows already lie, if the other side's rows can be laid in the same way. */
    private static List<Integer> usable(
            Operator operator, List<Integer> keys, Operator other, List<Integer> otherKeys) {
        List<Integer> order = operator.spread().positionsIn(keys);
        for (int i = 0; i < order.size(); i++) {
            DataType laid = operator.spread().types().get(i);
            DataType theirs = other.types().get(otherKeys.get(order.get(i)));
            if (!Types.spreadAlike(laid, theirs)) {
                return List.of();
            }
        }
        return order;
    }

    private static List<Integer> pick(List<Integer> from, List<Integer> positions) {
        return positions.stream().map(from::get).toList();
    }

    private static Spread joined(Edge[] edges, boolean outer, int width) {
        Spread left = edges[0].spread();
        Spread right = edges[1].spread();
        List<Set<Integer>> slots = new ArrayList<>();
        for (int i = 0; i < left.slots().size(); i++) {
            Set<Integer> slot = new HashSet<>(left.slots().get(i));
            if (!outer) {
                right.slots().get(i).forEach(column -> slot.add(column + width));
            }
            slots.add(slot);
        }
        return new Spread(slots, left.types(), left.partitions());
    }
}
