package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.SortFormat;
import io.weir.kit.sql.change.TopRows;
import io.weir.kit.sql.change.WindowFunctions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelFieldCollation.NullDirection;
import org.apache.calcite.rel.logical.LogicalSort;
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
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Plans window functions, filters over them that ask for the first rows, and ORDER BY with LIMIT. */
final class WindowPlan {

    /** Above this, numbering all rows costs less than looking at the first ones again and again. */
    private static final int MANY = 1000;

    private final PlanBuilder plan;

    WindowPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    /** A filter; one over window functions waits until they are computed, unless it asks for the first rows alone. */
    Building filter(Building below, RexNode condition) {
        if (below.window() == null) {
            Building plain = below.withoutWindow();
            return new Building(plain.operator(), plain.calc().filter(condition), List.of());
        }
        List<RexNode> late = new ArrayList<>(below.late());
        RelOptUtil.conjunctions(below.calc().over(condition))
                .forEach(conjunct ->
                        late.addAll(RelOptUtil.conjunctions(RexUtil.expandSearch(plan.rexBuilder(), null, conjunct))));
        Building filtered = new Building(below.operator(), below.calc(), late);
        Set<RexOver> windows = windows(filtered);
        if (windows.size() == 1) {
            RexOver only = windows.iterator().next();
            long limit = late.stream()
                    .mapToLong(conjunct -> lastNumber(conjunct, only))
                    .min()
                    .orElse(Long.MAX_VALUE);
            if (limit <= MANY) {
                return first(filtered, only, limit);
            }
        }
        return filtered;
    }

    /** With its window functions computed. */
    Building settled(Building below) {
        if (below.window() == null) {
            return below.withoutWindow();
        }
        Map<List<Object>, List<RexOver>> groups = new LinkedHashMap<>();
        for (RexOver over : windows(below)) {
            groups.computeIfAbsent(
                            List.of(
                                    over.getWindow().partitionKeys,
                                    over.getWindow().orderKeys,
                                    WindowCalls.isReversed(over)),
                            _ -> new ArrayList<>())
                    .add(over);
        }
        Arranged rows = new Arranged(below, windows(below));
        Operator operator = rows.input;
        RelDataType row = rows.row;
        Map<RexOver, Integer> results = new HashMap<>();
        for (List<RexOver> overs : groups.values()) {
            RexOver one = overs.getFirst();
            List<Integer> partition = rows.partition(one);
            boolean reversed = WindowCalls.isReversed(one);
            List<SortFormat.Order> orders = rows.orders(one, reversed);
            WindowCalls calls = new WindowCalls(plan, rows, operator.types(), orders);
            List<WindowFunctions.Call> specs = new ArrayList<>();
            RelDataTypeFactory.Builder wider = plan.types().builder().addAll(row.getFieldList());
            for (RexOver over : overs) {
                results.put(over, row.getFieldCount() + specs.size());
                specs.add(calls.of(over));
                wider.add("w" + results.get(over), calls.type(over));
            }
            row = wider.build();
            String id = plan.name("window");
            WindowFunctions.Spec spec =
                    new WindowFunctions.Spec(operator.types(), partition, orders, rows.ties(one, reversed), specs);
            operator = new WindowRows(id, together(operator, id, partition), spec, Calc.identity(row));
        }
        RelDataType computed = row;
        return rows.above(operator, over -> {
            Integer column = results.get(over);
            if (column == null) {
                throw new IllegalStateException("not computed: " + over);
            }
            RexNode result = RexInputRef.of(column, computed);
            if (over.getAggOperator().getKind() == SqlKind.SUM0) {
                result = plan.rexBuilder()
                        .makeCall(
                                over.getType(),
                                SqlStdOperatorTable.COALESCE,
                                List.of(result, plan.rexBuilder().makeZeroLiteral(over.getType())));
            }
            return result;
        });
    }

    /** The first rows alone; each Kafka partition picks its own before they meet. */
    Building limited(LogicalSort sort, Building input) {
        if (sort.fetch == null || sort.getCollation().getFieldCollations().isEmpty()) {
            throw new Refusal(
                    SqlParserPos.ZERO,
                    "ORDER BY and LIMIT are maintained only together: rows without an order have no first ones, and a product has no order");
        }
        Operator operator = plan.sealed(input);
        long offset = sort.offset == null ? 0 : RexLiteral.intValue(sort.offset);
        long limit = offset + RexLiteral.intValue(sort.fetch);
        List<DataType> types = operator.types();
        List<SortFormat.Order> orders = sort.getCollation().getFieldCollations().stream()
                .map(order -> order(
                        order.getFieldIndex(),
                        types.get(order.getFieldIndex()),
                        order.getDirection().isDescending(),
                        order.nullDirection))
                .toList();
        List<SortFormat.Order> ties = ascending(new Uniqueness(operator).tellApart(List.of()), types);
        TopRows.Spec spec = new TopRows.Spec(types, List.of(), orders, ties, TopRows.Numbering.ROW_NUMBER, limit);
        RelDataType row = sort.getRowType();
        RelDataType numbered = numbered(row);
        String id = plan.name("limit");
        if (!operator.spread().isSingle()) {
            Calc unnumbered = Calc.identity(numbered).project(Calc.identity(row).projections(), row.getFieldNames());
            operator = new FirstRows(id + "-local", Edge.direct(operator), spec, true, unnumbered);
        }
        Calc calc = Calc.identity(numbered);
        if (offset > 0) {
            calc = calc.filter(plan.rexBuilder()
                    .makeCall(
                            SqlStdOperatorTable.GREATER_THAN,
                            RexInputRef.of(row.getFieldCount(), numbered),
                            plan.rexBuilder().makeExactLiteral(BigDecimal.valueOf(offset))));
        }
        FirstRows first = new FirstRows(id, together(operator, id, List.of()), spec, false, calc);
        return new Building(first, calc.project(Calc.identity(row).projections(), row.getFieldNames()), List.of());
    }

    private Building first(Building below, RexOver over, long limit) {
        Arranged rows = new Arranged(below, Set.of(over));
        List<Integer> partition = rows.partition(over);
        TopRows.Spec spec = new TopRows.Spec(
                rows.input.types(),
                partition,
                rows.orders(over, false),
                rows.ties(over, false),
                WindowCalls.numbering(over),
                limit);
        String id = plan.name("top");
        RelDataType numbered = numbered(rows.row);
        FirstRows first = new FirstRows(id, together(rows.input, id, partition), spec, false, Calc.identity(numbered));
        Building late = new Building(
                below.operator(),
                below.calc(),
                below.late().stream()
                        .filter(conjunct -> !isImplied(conjunct, over, limit))
                        .toList());
        return rows.with(late).above(first, _ -> RexInputRef.of(rows.row.getFieldCount(), numbered));
    }

    private RelDataType numbered(RelDataType row) {
        return plan.types()
                .builder()
                .addAll(row.getFieldList())
                .add("number", org.apache.calcite.sql.type.SqlTypeName.BIGINT)
                .build();
    }

    private static Edge together(Operator from, String name, List<Integer> columns) {
        return columns.isEmpty() && !from.spread().isSingle()
                ? Edge.moved(name, from, columns, 1)
                : Edge.together(from, name, columns);
    }

    /** The window functions of the projections and of the conditions that wait, each once. */
    private static Set<RexOver> windows(Building building) {
        Set<RexOver> windows = new LinkedHashSet<>();
        RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
            @Override
            public Void visitOver(RexOver over) {
                windows.add(over);
                return null;
            }
        };
        building.calc().projections().forEach(expression -> expression.accept(collect));
        building.late().forEach(expression -> expression.accept(collect));
        return windows;
    }

    private record Comparison(SqlKind kind, BigDecimal number) {}

    /** A comparison of a row's number with a literal. */
    private static @Nullable Comparison comparison(RexNode condition, RexOver over) {
        if (!WindowCalls.isNumbering(over)
                || !(condition instanceof RexCall call)
                || call.getOperands().size() != 2) {
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
        if (!left.equals(over) || !(right instanceof RexLiteral literal)) {
            return null;
        }
        BigDecimal number = literal.getValueAs(BigDecimal.class);
        return number == null ? null : new Comparison(kind, number);
    }

    /** The last number that the condition lets through; no limit where it says nothing. */
    private static long lastNumber(RexNode condition, RexOver over) {
        Comparison comparison = comparison(condition, over);
        if (comparison == null || comparison.number.compareTo(BigDecimal.valueOf(MANY)) > 0) {
            return Long.MAX_VALUE;
        }
        long floor = comparison.number.setScale(0, java.math.RoundingMode.FLOOR).longValue();
        long ceiling =
                comparison.number.setScale(0, java.math.RoundingMode.CEILING).longValue();
        return switch (comparison.kind) {
            case EQUALS, LESS_THAN_OR_EQUAL -> Math.max(0, floor);
            case LESS_THAN -> Math.max(0, ceiling - 1);
            default -> Long.MAX_VALUE;
        };
    }

    /** Whether the first rows up to the limit fulfil the condition anyway. */
    private static boolean isImplied(RexNode condition, RexOver over, long limit) {
        Comparison comparison = comparison(condition, over);
        return comparison != null
                && lastNumber(condition, over) == limit
                && (comparison.kind != SqlKind.EQUALS
                        || (limit == 1 && comparison.number.compareTo(BigDecimal.ONE) == 0));
    }

    private static SortFormat.Order order(int column, DataType type, boolean descending, NullDirection nulls) {
        boolean nullsFirst =
                switch (nulls) {
                    case FIRST -> true;
                    case LAST -> false;
                    case UNSPECIFIED -> descending;
                };
        return new SortFormat.Order(column, type, descending, nullsFirst);
    }

    private static List<SortFormat.Order> ascending(Collection<Integer> columns, List<DataType> types) {
        return columns.stream()
                .map(column -> new SortFormat.Order(column, types.get(column), false, false))
                .toList();
    }

    /** The rows that windows are computed over: what they need, what is used above them, and the rows' key. */
    final class Arranged {
        private final Building below;
        private final RelDataType raw;
        private final Map<RexNode, Integer> positions;
        private final Operator input;
        private final RelDataType row;

        private Arranged(Building below, Collection<RexOver> windows) {
            this.below = below;
            this.raw = below.calc().input();
            this.positions = new LinkedHashMap<>();
            for (RexOver over : windows) {
                over.getWindow().partitionKeys.forEach(this::add);
                over.getWindow().orderKeys.forEach(order -> add(order.left));
                WindowCalls.arguments(plan.rexBuilder(), over).forEach(this::add);
            }
            used(windows).forEach(column -> add(RexInputRef.of(column, raw)));
            key().forEach(this::add);
            List<RexNode> needed = new ArrayList<>(positions.keySet());
            List<String> names = new ArrayList<>();
            RelDataTypeFactory.Builder builder = plan.types().builder();
            for (int i = 0; i < needed.size(); i++) {
                names.add("c" + i);
                builder.add("c" + i, needed.get(i).getType());
            }
            this.row = builder.build();
            this.input = plan.sealed(
                    new Building(below.operator(), new Calc(raw, below.calc().conditions(), needed, names), List.of()));
        }

        private Arranged(Arranged of, Building below) {
            this.below = below;
            this.raw = of.raw;
            this.positions = of.positions;
            this.input = of.input;
            this.row = of.row;
        }

        private Arranged with(Building changed) {
            return new Arranged(this, changed);
        }

        private void add(RexNode expression) {
            positions.putIfAbsent(expression, positions.size());
        }

        private Set<Integer> used(Collection<RexOver> windows) {
            Set<Integer> used = new TreeSet<>();
            RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
                @Override
                public Void visitInputRef(RexInputRef ref) {
                    used.add(ref.getIndex());
                    return null;
                }

                @Override
                public Void visitOver(RexOver over) {
                    return windows.contains(over) ? null : super.visitOver(over);
                }
            };
            below.calc().projections().forEach(expression -> expression.accept(collect));
            below.late().forEach(expression -> expression.accept(collect));
            return used;
        }

        /** The columns that tell the rows apart, as far as is known. */
        private List<RexNode> key() {
            Operator whole = below.operator().withCalc(Calc.identity(raw));
            return new Uniqueness(whole)
                    .tellApart(List.of()).stream()
                            .<RexNode>map(column -> RexInputRef.of(column, raw))
                            .toList();
        }

        int position(RexNode expression) {
            Integer position = positions.get(expression);
            if (position == null) {
                throw new IllegalStateException("no position for " + expression);
            }
            return position;
        }

        private List<Integer> partition(RexOver over) {
            return over.getWindow().partitionKeys.stream()
                    .map(this::position)
                    .distinct()
                    .toList();
        }

        private List<SortFormat.Order> orders(RexOver over, boolean reversed) {
            List<SortFormat.Order> orders = new ArrayList<>();
            for (RexFieldCollation collation : over.getWindow().orderKeys) {
                int column = position(collation.left);
                orders.add(order(
                        column,
                        input.types().get(column),
                        collation.getDirection() == RelFieldCollation.Direction.DESCENDING,
                        collation.getNullDirection()));
            }
            return reversed ? reversed(orders) : orders;
        }

        /** The key, as far as partition and order do not hold it already. */
        private List<SortFormat.Order> ties(RexOver over, boolean reversed) {
            Set<Integer> known = new HashSet<>(partition(over));
            orders(over, false).forEach(order -> known.add(order.column()));
            List<SortFormat.Order> ties = ascending(
                    key().stream()
                            .map(this::position)
                            .filter(column -> !known.contains(column))
                            .toList(),
                    input.types());
            return reversed ? reversed(ties) : ties;
        }

        private static List<SortFormat.Order> reversed(List<SortFormat.Order> orders) {
            return orders.stream()
                    .map(order -> new SortFormat.Order(
                            order.column(), order.type(), !order.descending(), !order.nullsFirst()))
                    .toList();
        }

        /** What comes after the windows, over the rows that {@code operator} gives. */
        private Building above(Operator operator, java.util.function.Function<RexOver, RexNode> results) {
            RexShuttle shuttle = new RexShuttle() {
                @Override
                public RexNode visitOver(RexOver over) {
                    return results.apply(over);
                }

                @Override
                public RexNode visitInputRef(RexInputRef ref) {
                    return RexInputRef.of(position(RexInputRef.of(ref.getIndex(), raw)), row);
                }
            };
            Calc calc = operator.calc();
            List<RexNode> conditions = new ArrayList<>(calc.conditions());
            conditions.addAll(shuttle.visitList(below.late()));
            return new Building(
                    operator,
                    new Calc(
                            calc.input(),
                            conditions,
                            shuttle.visitList(below.calc().projections()),
                            below.calc().names()),
                    List.of());
        }
    }
}
