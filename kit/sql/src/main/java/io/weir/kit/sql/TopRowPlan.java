package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.SortFormat;
import io.weir.kit.sql.change.TopOne;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldCollation;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/** Plans {@code ROW_NUMBER() OVER (...) = 1}: a filter over a window function. */
final class TopRowPlan {

    private final PlanBuilder plan;

    TopRowPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Building filter(Building below, RexNode condition) {
        if (below.window() == null) {
            return new Building(below.operator(), below.calc().filter(condition), List.of());
        }
        List<RexNode> late = new ArrayList<>(below.late());
        late.addAll(RelOptUtil.conjunctions(below.calc().over(condition)));
        for (int i = 0; i < late.size(); i++) {
            RexOver first = firstRow(late.get(i));
            if (first != null) {
                late.remove(i);
                return top(new Building(below.operator(), below.calc(), late), first);
            }
        }
        return new Building(below.operator(), below.calc(), late);
    }

    /** The window function of a condition {@code ROW_NUMBER() = 1}, or of one that says the same. */
    private @Nullable RexOver firstRow(RexNode condition) {
        RexNode expanded = RexUtil.expandSearch(plan.rexBuilder(), null, condition);
        if (!(expanded instanceof RexCall call) || call.getOperands().size() != 2) {
            return null;
        }
        RexNode left = RexUtil.removeCast(call.getOperands().get(0));
        RexNode right = RexUtil.removeCast(call.getOperands().get(1));
        SqlKind kind = call.getKind();
        if (right instanceof RexOver) {
            RexNode swapped = left;
            left = right;
            right = swapped;
            kind = kind.reverse();
        }
        if (!(left instanceof RexOver over) || !(right instanceof RexLiteral literal)) {
            return null;
        }
        java.math.BigDecimal number = literal.getValueAs(java.math.BigDecimal.class);
        boolean isFirst = number != null
                && switch (kind) {
                    case EQUALS, LESS_THAN_OR_EQUAL -> number.compareTo(java.math.BigDecimal.ONE) == 0;
                    case LESS_THAN -> number.compareTo(java.math.BigDecimal.TWO) == 0;
                    default -> false;
                };
        return isFirst ? over : null;
    }

    private Building top(Building below, RexOver over) {
        // The rows that are ranked hold what the window needs and what is used above it.
        Map<RexNode, Integer> positions = new LinkedHashMap<>();
        for (RexNode key : over.getWindow().partitionKeys) {
            positions.putIfAbsent(key, positions.size());
        }
        for (RexFieldCollation order : over.getWindow().orderKeys) {
            positions.putIfAbsent(order.left, positions.size());
        }
        Set<Integer> used = new TreeSet<>();
        RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used.add(ref.getIndex());
                return null;
            }

            @Override
            public Void visitOver(RexOver other) {
                return other.equals(over) ? null : super.visitOver(other);
            }
        };
        below.calc().projections().forEach(expression -> expression.accept(collect));
        below.late().forEach(expression -> expression.accept(collect));
        RelDataType raw = below.calc().input();
        for (int column : used) {
            positions.putIfAbsent(RexInputRef.of(column, raw), positions.size());
        }
        List<RexNode> ranked = new ArrayList<>(positions.keySet());
        Operator input = plan.sealed(new Building(
                below.operator(),
                new Calc(raw, below.calc().conditions(), ranked, numbered(ranked.size())),
                List.of()));

        List<Integer> partition = over.getWindow().partitionKeys.stream()
                .map(key -> position(positions, key))
                .distinct()
                .toList();
        List<DataType> types = input.types();
        List<SortFormat.Order> orders = over.getWindow().orderKeys.stream()
                .map(order -> {
                    int column = position(positions, order.left);
                    boolean descending = order.getDirection().isDescending();
                    boolean nullsFirst =
                            switch (order.getNullDirection()) {
                                case FIRST -> true;
                                case LAST -> false;
                                case UNSPECIFIED -> descending;
                            };
                    return new SortFormat.Order(column, types.get(column), descending, nullsFirst);
                })
                .toList();
        String id = plan.name("top");
        Edge edge = Edge.together(input, id, partition);
        RelDataType row = rowType(ranked);
        Calc identity = Calc.identity(row);
        RexShuttle above = new RexShuttle() {
            @Override
            public RexNode visitOver(RexOver other) {
                if (other.equals(over)) {
                    return plan.rexBuilder().makeExactLiteral(java.math.BigDecimal.ONE, over.getType());
                }
                return super.visitOver(other);
            }

            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                Integer position = positions.get(RexInputRef.of(ref.getIndex(), raw));
                if (position == null) {
                    throw new IllegalStateException("column " + ref + " is not among the ranked ones");
                }
                return RexInputRef.of(position, row);
            }
        };
        TopRow top = new TopRow(id, edge, new TopOne.Spec(types, partition, orders), edge.spread(), identity);
        Building result = new Building(
                top,
                identity.project(
                        above.visitList(below.calc().projections()),
                        below.calc().names()),
                List.of());
        for (RexNode condition : below.late()) {
            Calc calc = result.calc();
            RexNode rewritten = condition.accept(above);
            List<RexNode> conditions = new ArrayList<>(calc.conditions());
            conditions.add(rewritten);
            result = new Building(top, new Calc(calc.input(), conditions, calc.projections(), calc.names()), List.of());
        }
        return result;
    }

    private RelDataType rowType(List<RexNode> expressions) {
        RelDataTypeFactory.Builder builder = plan.types().builder();
        for (int i = 0; i < expressions.size(); i++) {
            builder.add("c" + i, expressions.get(i).getType());
        }
        return builder.build();
    }

    private static List<String> numbered(int count) {
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            names.add("c" + i);
        }
        return List.copyOf(names);
    }

    private static int position(Map<RexNode, Integer> positions, RexNode expression) {
        Integer position = positions.get(expression);
        if (position == null) {
            throw new IllegalStateException("no position for " + expression);
        }
        return position;
    }
}
