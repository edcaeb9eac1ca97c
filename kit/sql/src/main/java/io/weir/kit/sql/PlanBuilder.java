package io.weir.kit.sql;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.sql.Operator.AggregateRows;
import io.weir.kit.sql.Operator.Edge;
import io.weir.kit.sql.Operator.JoinRows;
import io.weir.kit.sql.Operator.Repartition;
import io.weir.kit.sql.Operator.Source;
import io.weir.kit.sql.Operator.TopRow;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Join;
import io.weir.kit.sql.change.SortFormat;
import io.weir.kit.sql.change.TopOne;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.logical.LogicalTableScan;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
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

/** Turns Calcite's relational algebra into operators over changes, and decides where rows have to move. */
final class PlanBuilder {

    private final RexBuilder rexBuilder;
    private final RelDataTypeFactory typeFactory;
    private final Map<String, Integer> numbers = new HashMap<>();

    PlanBuilder(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
        this.typeFactory = rexBuilder.getTypeFactory();
    }

    Operator build(RelNode root) {
        return sealed(visit(root));
    }

    /**
     * An operator and what is done to its rows afterwards, as far as is known by now.
     *
     * @param late conditions that came after a window function was projected, hence after it was computed
     */
    private record Building(Operator operator, Calc calc, List<RexNode> late) {

        static Building of(Operator operator) {
            return new Building(operator, operator.calc(), List.of());
        }

        @Nullable
        RexOver window() {
            List<RexNode> all = new ArrayList<>(calc.projections());
            all.addAll(late);
            for (RexNode expression : all) {
                RexOver over = firstWindow(expression);
                if (over != null) {
                    return over;
                }
            }
            return null;
        }
    }

    private Building visit(RelNode rel) {
        return switch (rel) {
            case LogicalTableScan scan -> Building.of(source(scan));
            case LogicalProject project -> {
                Building below = visit(project.getInput());
                yield new Building(
                        below.operator(),
                        below.calc()
                                .project(
                                        project.getProjects(),
                                        project.getRowType().getFieldNames()),
                        below.late());
            }
            case LogicalFilter filter -> filter(visit(filter.getInput()), filter.getCondition());
            case LogicalJoin join -> Building.of(join(join));
            case LogicalAggregate aggregate -> Building.of(aggregate(aggregate));
            case LogicalValues _ ->
                throw new Refusal(
                        SqlParserPos.ZERO,
                        "a condition of this query is never true (such as IS NULL on a required column), so a part of it never has a row; leave the condition or the part out");
            default ->
                throw new Refusal(
                        SqlParserPos.ZERO,
                        "%s is not maintained; write it with joins, GROUP BY and ROW_NUMBER() = 1"
                                .formatted(rel.getRelTypeName().replace("Logical", "")));
        };
    }

    private Source source(LogicalTableScan scan) {
        ProductTable table = scan.getTable().unwrap(ProductTable.class);
        if (table == null) {
            throw new IllegalStateException("not a product: " + scan.getTable().getQualifiedName());
        }
        DataProduct product = table.product();
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < product.rowType().size(); i++) {
            all.add(i);
        }
        return new Source(name("source"), product, all, Calc.identity(scan.getRowType()));
    }

    private Building filter(Building below, RexNode condition) {
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
        RexNode expanded = RexUtil.expandSearch(rexBuilder, null, condition);
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
        Operator input = sealed(new Building(
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
        Edge edge = together(input, name("top"), partition);
        RelDataType row = rowType(ranked);
        Calc identity = Calc.identity(row);
        RexShuttle above = new RexShuttle() {
            @Override
            public RexNode visitOver(RexOver other) {
                if (other.equals(over)) {
                    return rexBuilder.makeExactLiteral(java.math.BigDecimal.ONE, over.getType());
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
        TopRow top =
                new TopRow(lastName("top"), edge, new TopOne.Spec(types, partition, orders), edge.spread(), identity);
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

    private Operator join(LogicalJoin join) {
        boolean outer = join.getJoinType() == JoinRelType.LEFT;
        if (!outer && join.getJoinType() != JoinRelType.INNER) {
            throw new Refusal(Positions.of(join.getCondition()), "only JOIN and LEFT JOIN are maintained");
        }
        Operator left = sealed(visit(join.getLeft()));
        Operator right = sealed(visit(join.getRight()));
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
        String id = name("join");
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
                rexBuilder, conditions.stream().map(left.calc()::over).toList());
        RelDataType nullable = typeFactory.createTypeWithNullability(keyColumn.getType(), true);
        List<RexNode> columns = new ArrayList<>(left.calc().projections());
        columns.add(rexBuilder.makeCall(
                nullable,
                SqlStdOperatorTable.CASE,
                List.of(
                        condition,
                        rexBuilder.makeAbstractCast(nullable, keyColumn, false),
                        rexBuilder.makeNullLiteral(nullable))));
        List<String> names = new ArrayList<>(left.calc().names());
        names.add("key_where");
        return left.withCalc(new Calc(left.calc().input(), left.calc().conditions(), columns, names));
    }

    /** The joined rows as the query means them, without the column that {@link #withKeyWhere} added. */
    private Calc without(RelDataType joined, int added, Operator left) {
        RelDataTypeFactory.Builder builder = typeFactory.builder();
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
        Edge asItIs = new Edge(left, Optional.empty());
        Edge rightAsItIs = new Edge(right, Optional.empty());
        if (!leftOrder.isEmpty() && !rightOrder.isEmpty()) {
            if (leftOrder.equals(rightOrder)
                    && left.spread().partitions() == right.spread().partitions()) {
                return new Edge[] {asItIs, rightAsItIs};
            }
        }
        if (!leftOrder.isEmpty()) {
            return new Edge[] {
                asItIs,
                moved(
                        moveRight,
                        right,
                        pick(rightKeys, leftOrder),
                        left.spread().partitions())
            };
        }
        if (!rightOrder.isEmpty()) {
            return new Edge[] {
                moved(moveLeft, left, pick(leftKeys, rightOrder), right.spread().partitions()), rightAsItIs
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
                moved(moveLeft, left, pick(leftKeys, alike), partitions),
                moved(moveRight, right, pick(rightKeys, alike), partitions)
            };
        }
        return new Edge[] {moved(moveLeft, left, leftKeys, partitions), moved(moveRight, right, rightKeys, partitions)};
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

    private static Edge moved(String name, Operator operator, List<Integer> columns, int partitions) {
        return new Edge(operator, Optional.of(new Repartition(name, columns, partitions)));
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

    private Operator aggregate(LogicalAggregate aggregate) {
        if (aggregate.getGroupCount() == 0) {
            throw Language.globalAggregate(SqlParserPos.ZERO);
        }
        if (aggregate.getGroupSets().size() > 1) {
            throw new Refusal(SqlParserPos.ZERO, "grouping sets are not maintained; write one model for each grouping");
        }
        Operator input = sealed(visit(aggregate.getInput()));
        List<DataType> types = input.types();
        List<Integer> keys = aggregate.getGroupSet().asList();
        List<Aggregate.Call> calls = aggregate.getAggCallList().stream()
                .map(call -> call(call, types))
                .toList();
        String id = name("aggregate");
        Edge edge = together(input, id, keys);
        Aggregate.Spec spec =
                new Aggregate.Spec(keys, keys.stream().map(types::get).toList(), calls);
        Spread spread = new Spread(
                edge.spread().slots().stream()
                        .<Set<Integer>>map(slot -> {
                            Set<Integer> outputs = new HashSet<>();
                            for (int i = 0; i < keys.size(); i++) {
                                if (slot.contains(keys.get(i))) {
                                    outputs.add(i);
                                }
                            }
                            return outputs;
                        })
                        .toList(),
                edge.spread().types(),
                edge.spread().partitions());
        return new AggregateRows(id, edge, spec, spread, Calc.identity(aggregate.getRowType()));
    }

    private static Aggregate.Call call(AggregateCall call, List<DataType> types) {
        Aggregate.Function function =
                switch (call.getAggregation().getKind()) {
                    case COUNT -> Aggregate.Function.COUNT;
                    case SUM -> Aggregate.Function.SUM;
                    case AVG -> Aggregate.Function.AVG;
                    case MIN -> Aggregate.Function.MIN;
                    case MAX -> Aggregate.Function.MAX;
                    default ->
                        throw new Refusal(
                                SqlParserPos.ZERO, call.getAggregation().getName() + " is not maintained");
                };
        if (call.isDistinct()
                || call.isApproximate()
                || call.ignoreNulls()
                || call.getArgList().size() > 1) {
            throw new Refusal(SqlParserPos.ZERO, call + " is not maintained");
        }
        int argument = call.getArgList().isEmpty() ? -1 : call.getArgList().getFirst();
        DataType result = Types.fromCalcite(call.getType()).orElseThrow();
        return new Aggregate.Call(
                function, argument, call.filterArg, argument < 0 ? result : types.get(argument), result);
    }

    private static Edge together(Operator input, String id, List<Integer> columns) {
        return input.spread().keepsTogether(columns)
                ? new Edge(input, Optional.empty())
                : moved(id, input, columns, input.spread().partitions());
    }

    /** The operator with all that follows it; refuses a window function that is left. */
    private Operator sealed(Building building) {
        RexOver left = building.window();
        if (left != null) {
            throw new Refusal(
                    Positions.of(left),
                    "ROW_NUMBER() is maintained only as a filter for the first row; name it in a subquery and write WHERE name = 1 around it");
        }
        Operator sealed = building.operator().withCalc(building.calc());
        sealed.types(); // refuses columns that no row can hold
        return sealed instanceof Source source ? pruned(source) : sealed;
    }

    /** Reads only the columns that are used, and the key. */
    private Source pruned(Source source) {
        Set<Integer> used = new TreeSet<>();
        RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used.add(ref.getIndex());
                return null;
            }
        };
        source.calc().conditions().forEach(expression -> expression.accept(collect));
        source.calc().projections().forEach(expression -> expression.accept(collect));
        if (used.size() == source.columns().size()) {
            return source;
        }
        List<Integer> columns = new ArrayList<>(used);
        List<RelDataTypeField> fields = columns.stream()
                .map(column -> source.calc().input().getFieldList().get(column))
                .toList();
        RelDataTypeFactory.Builder builder = typeFactory.builder();
        fields.forEach(field -> builder.add(field.getName(), field.getType()));
        RelDataType input = builder.build();
        RexShuttle shift = new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return RexInputRef.of(columns.indexOf(ref.getIndex()), input);
            }
        };
        Calc calc = new Calc(
                input,
                shift.visitList(source.calc().conditions()),
                shift.visitList(source.calc().projections()),
                source.calc().names());
        return new Source(
                source.id(),
                source.product(),
                columns.stream().map(source.columns()::get).toList(),
                calc);
    }

    private RelDataType rowType(List<RexNode> expressions) {
        RelDataTypeFactory.Builder builder = typeFactory.builder();
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

    private String name(String kind) {
        return kind + "-" + numbers.merge(kind, 1, Integer::sum);
    }

    private String lastName(String kind) {
        return kind + "-" + numbers.get(kind);
    }

    static @Nullable RexOver firstWindow(RexNode expression) {
        RexOver[] found = new RexOver[1];
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitOver(RexOver over) {
                if (found[0] == null) {
                    found[0] = over;
                }
                return null;
            }
        });
        return found[0];
    }
}
