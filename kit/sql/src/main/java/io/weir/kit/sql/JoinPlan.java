package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Join;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Plans joins, and where the two sides meet. */
final class JoinPlan {

    private final PlanBuilder plan;

    JoinPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    /** A join's condition, taken apart. */
    private static final class Condition {
        private final List<Integer> leftKeys = new ArrayList<>();
        private final List<Integer> rightKeys = new ArrayList<>();
        private final List<Boolean> nullsMatch = new ArrayList<>();
        private final List<RexNode> ofLeft = new ArrayList<>();
        private final List<RexNode> ofRight = new ArrayList<>();
        private final List<RexNode> ofBoth = new ArrayList<>();

        Condition(RexNode condition, RelDataType left) {
            int width = left.getFieldCount();
            for (RexNode given : RelOptUtil.conjunctions(condition)) {
                RexNode conjunct = given.getKind() == SqlKind.IS_TRUE
                        ? ((RexCall) given).getOperands().getFirst()
                        : given;
                if (conjunct instanceof RexCall call
                        && (call.getKind() == SqlKind.EQUALS || call.getKind() == SqlKind.IS_NOT_DISTINCT_FROM)
                        && call.getOperands().get(0) instanceof RexInputRef a
                        && call.getOperands().get(1) instanceof RexInputRef b
                        && (a.getIndex() < width) != (b.getIndex() < width)) {
                    leftKeys.add(Math.min(a.getIndex(), b.getIndex()));
                    rightKeys.add(Math.max(a.getIndex(), b.getIndex()) - width);
                    nullsMatch.add(call.getKind() == SqlKind.IS_NOT_DISTINCT_FROM
                            && a.getType().isNullable()
                            && b.getType().isNullable());
                } else if (!conjunct.isAlwaysTrue()) {
                    var used = RelOptUtil.InputFinder.bits(conjunct);
                    if (used.length() <= width) {
                        ofLeft.add(conjunct);
                    } else if (used.nextSetBit(0) >= width) {
                        ofRight.add(RexUtil.shift(conjunct, -width));
                    } else {
                        ofBoth.add(conjunct);
                    }
                }
            }
        }
    }

    Operator of(LogicalJoin join) {
        Join.Type type = type(join);
        LogicalJoin narrow = type.pairs() ? join : narrowed(join);
        Condition condition =
                new Condition(narrow.getCondition(), narrow.getLeft().getRowType());
        Operator left =
                plan.rows(type == Join.Type.RIGHT ? timed(narrow.getLeft(), condition.ofLeft) : narrow.getLeft());
        Operator right =
                plan.rows(type == Join.Type.LEFT ? timed(narrow.getRight(), condition.ofRight) : narrow.getRight());
        List<DataType> keyTypes = new ArrayList<>();
        for (int i = 0; i < condition.leftKeys.size(); i++) {
            keyTypes.add(common(
                    left.types().get(condition.leftKeys.get(i)),
                    right.types().get(condition.rightKeys.get(i)),
                    narrow.getCondition()));
        }
        String id = plan.name("join");
        Edge[] edges = meet(id, left, condition.leftKeys, right, condition.rightKeys, keyTypes);
        Join.Spec spec = new Join.Spec(
                type,
                left.types(),
                right.types(),
                condition.leftKeys,
                condition.rightKeys,
                keyTypes,
                condition.nullsMatch,
                JoinRange.of(condition.ofBoth, left, right),
                isOne(left, condition.leftKeys),
                isOne(right, condition.rightKeys));
        Spread spread = joined(edges, type, left.types().size());
        Calc calc = Calc.identity(join.getRowType());
        if (type == Join.Type.INNER) {
            for (RexNode rest : condition.ofLeft) {
                calc = calc.filter(rest);
            }
            for (RexNode rest : condition.ofRight) {
                calc = calc.filter(RexUtil.shift(rest, left.types().size()));
            }
            for (RexNode rest : condition.ofBoth) {
                calc = calc.filter(rest);
            }
            return new JoinRows(id, edges[0], edges[1], spec, new JoinRows.On(null, null, null), spread, calc);
        }
        JoinRows.On on = new JoinRows.On(
                compiled(condition.ofLeft, narrow.getLeft().getRowType()),
                compiled(condition.ofRight, narrow.getRight().getRowType()),
                compiled(condition.ofBoth, pairs(narrow)));
        return new JoinRows(id, edges[0], edges[1], spec, on, spread, calc);
    }

    private static boolean isOne(Operator side, List<Integer> keys) {
        return new Uniqueness(side).of(keys) == Uniqueness.Verdict.PROVED;
    }

    private static Join.Type type(LogicalJoin join) {
        return switch (join.getJoinType()) {
            case INNER -> Join.Type.INNER;
            case LEFT -> Join.Type.LEFT;
            case RIGHT -> Join.Type.RIGHT;
            case FULL -> Join.Type.FULL;
            case SEMI -> Join.Type.SEMI;
            case ANTI -> Join.Type.ANTI;
            case LEFT_MARK -> Join.Type.MARK;
            case ASOF, LEFT_ASOF ->
                throw new Refusal(
                        Positions.of(join.getCondition()),
                        "ASOF JOIN is not maintained; write JOIN ... FOR SYSTEM_TIME AS OF the left row's time");
        };
    }

    /** Of a right side that only decides, the columns that the condition reads. */
    private LogicalJoin narrowed(LogicalJoin join) {
        int width = join.getLeft().getRowType().getFieldCount();
        RelNode right = join.getRight();
        Set<Integer> used = new TreeSet<>();
        RelOptUtil.InputFinder.bits(join.getCondition()).forEach(column -> {
            if (column >= width) {
                used.add(column - width);
            }
        });
        if (used.size() == right.getRowType().getFieldCount()) {
            return join;
        }
        List<Integer> columns = List.copyOf(used);
        List<RelDataTypeField> fields =
                columns.stream().map(right.getRowType().getFieldList()::get).toList();
        RelNode projected = LogicalProject.create(
                right,
                List.of(),
                fields.stream()
                        .map(field -> (RexNode) new RexInputRef(field.getIndex(), field.getType()))
                        .toList(),
                fields.stream().map(RelDataTypeField::getName).toList(),
                Set.of());
        RexNode condition = join.getCondition().accept(new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return ref.getIndex() < width
                        ? ref
                        : new RexInputRef(width + columns.indexOf(ref.getIndex() - width), ref.getType());
            }
        });
        return LogicalJoin.create(join.getLeft(), projected, List.of(), condition, Set.of(), join.getJoinType());
    }

    private RelDataType pairs(LogicalJoin join) {
        RelDataTypeFactory.Builder pairs = plan.types().builder();
        pairs.addAll(join.getLeft().getRowType().getFieldList());
        pairs.addAll(join.getRight().getRowType().getFieldList());
        return pairs.build();
    }

    /** The side that an outer join may leave out, with what its rows alone must meet as time goes on; that is taken from {@code conditions}. */
    private RelNode timed(RelNode side, List<RexNode> conditions) {
        List<RexNode> timed = conditions.stream().filter(TimePlan::hasClock).toList();
        conditions.removeAll(timed);
        return timed.isEmpty()
                ? side
                : LogicalFilter.create(side, RexUtil.composeConjunction(plan.rexBuilder(), timed));
    }

    private RowProgram.@Nullable Compiled compiled(List<RexNode> conditions, RelDataType columns) {
        conditions.stream().filter(TimePlan::hasClock).findFirst().ifPresent(condition -> {
            throw new Refusal(
                    Positions.of(condition),
                    "a comparison with the current time is not maintained here, where it decides whether an outer row has a partner; compare in a subquery that is joined");
        });
        return conditions.isEmpty()
                ? null
                : new RowProgram.Compiled(
                        new Calc(columns, conditions, List.of(), List.of()), new ExpressionCompiler(plan.rexBuilder()));
    }

    /** The type in which two key columns are compared; values of both have their place in it. */
    static DataType common(DataType a, DataType b, RexNode condition) {
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
    static Edge[] meet(
            String id,
            Operator left,
            List<Integer> leftKeys,
            Operator right,
            List<Integer> rightKeys,
            List<DataType> keyTypes) {
        if (keyTypes.isEmpty()) {
            return new Edge[] {onePartition(id + "-left", left), onePartition(id + "-right", right)};
        }
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

    /** Where nothing but a comparison of all with all will do. */
    private static Edge onePartition(String name, Operator operator) {
        return operator.spread().isSingle() ? Edge.direct(operator) : Edge.moved(name, operator, List.of(), 1);
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

    static Spread joined(Edge[] edges, Join.Type type, int width) {
        Spread left = edges[0].spread();
        Spread right = edges[1].spread();
        List<Set<Integer>> slots = new ArrayList<>();
        for (int i = 0; i < left.slots().size(); i++) {
            Set<Integer> slot = new HashSet<>();
            if (!type.extendsLeft()) {
                slot.addAll(left.slots().get(i));
            }
            if (type.pairs() && !type.extendsRight()) {
                right.slots().get(i).forEach(column -> slot.add(column + width));
            }
            slots.add(slot);
        }
        return new Spread(slots, left.types(), left.partitions());
    }
}
