package io.weir.kit.sql;

import io.weir.kit.sql.change.ClockFunction;
import io.weir.kit.sql.change.TimedConditions;
import io.weir.kit.sql.change.TimedConditions.Comparison;
import io.weir.kit.sql.change.TimedConditions.Condition;
import io.weir.kit.sql.function.ValueException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** Plans comparisons with the current time, wherever they stand in an expression: rows enter and leave as time goes on. */
final class TimePlan {

    private static final Set<String> DATES = Set.of("CURRENT_DATE");
    private static final Set<String> TIMES = Set.of("CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "NOW");
    private static final long DAY_MS = 86_400_000;

    private final PlanBuilder plan;

    TimePlan(PlanBuilder plan) {
        this.plan = plan;
    }

    /** Whether this is the current time, in a form that comparisons may use. */
    static boolean isClock(SqlOperator operator) {
        return isIn(DATES, operator) || isIn(TIMES, operator);
    }

    private static boolean isIn(Set<String> names, SqlOperator operator) {
        return names.stream().anyMatch(name -> name.equalsIgnoreCase(operator.getName()));
    }

    static Refusal refusal(SqlParserPos position, String name) {
        return new Refusal(
                position,
                name
                        + " changes without any input changing, so it is maintained only where it is compared: write column > CURRENT_TIMESTAMP - INTERVAL '30' DAY, or use a timestamp column of the row");
    }

    /** With its comparisons with the current time computed. */
    Building settled(Building below) {
        Map<RexCall, Integer> comparisons = new LinkedHashMap<>();
        RexVisitorImpl<Void> find = new RexVisitorImpl<>(true) {
            @Override
            public Void visitCall(RexCall call) {
                if (isComparison(call)) {
                    comparisons.putIfAbsent(call, comparisons.size());
                    return null;
                }
                return super.visitCall(call);
            }
        };
        Calc calc = below.calc();
        calc.conditions().forEach(condition -> condition.accept(find));
        calc.projections().forEach(projection -> projection.accept(find));
        if (comparisons.isEmpty()) {
            return below;
        }
        // What does not need the time is filtered before.
        List<RexNode> before = new ArrayList<>();
        List<RexNode> after = new ArrayList<>();
        calc.conditions().forEach(condition -> (hasClock(condition) ? after : before).add(condition));
        Map<RexNode, Integer> positions = new LinkedHashMap<>();
        Set<Integer> used = new TreeSet<>();
        RexVisitorImpl<Void> collect = new RexVisitorImpl<>(true) {
            @Override
            public Void visitInputRef(RexInputRef ref) {
                used.add(ref.getIndex());
                return null;
            }

            @Override
            public Void visitCall(RexCall call) {
                return comparisons.containsKey(call) ? null : super.visitCall(call);
            }
        };
        after.forEach(condition -> condition.accept(collect));
        calc.projections().forEach(projection -> projection.accept(collect));
        used.forEach(column -> positions.put(RexInputRef.of(column, calc.input()), positions.size()));
        List<Condition> conditions = new ArrayList<>();
        for (RexCall comparison : comparisons.keySet()) {
            conditions.add(condition(comparison, positions));
        }
        List<RexNode> needed = new ArrayList<>(positions.keySet());
        List<String> names = new ArrayList<>();
        RelDataTypeFactory.Builder builder = plan.types().builder();
        for (int i = 0; i < needed.size(); i++) {
            names.add("c" + i);
            builder.add("c" + i, needed.get(i).getType());
        }
        Operator input =
                plan.sealed(new Building(below.operator(), new Calc(calc.input(), before, needed, names), List.of()));
        RelDataType bool =
                plan.types().createTypeWithNullability(plan.types().createSqlType(SqlTypeName.BOOLEAN), true);
        for (int i = 0; i < conditions.size(); i++) {
            builder.add("t" + i, bool);
        }
        RelDataType row = builder.build();
        RexShuttle above = new RexShuttle() {
            @Override
            public RexNode visitInputRef(RexInputRef ref) {
                return RexInputRef.of(position(positions, RexInputRef.of(ref.getIndex(), calc.input())), row);
            }

            @Override
            public RexNode visitCall(RexCall call) {
                Integer comparison = comparisons.get(call);
                return comparison == null
                        ? super.visitCall(call)
                        : plan.rexBuilder()
                                .ensureType(call.getType(), RexInputRef.of(needed.size() + comparison, row), true);
            }
        };
        String id = plan.name("timed");
        TimedRows timed = new TimedRows(
                id,
                Edge.direct(input),
                new TimedConditions.Spec(input.types(), conditions),
                new Calc(row, above.visitList(after), above.visitList(calc.projections()), calc.names()));
        return new Building(timed, timed.calc(), below.late());
    }

    private static int position(Map<RexNode, Integer> positions, RexNode expression) {
        Integer position = positions.get(expression);
        if (position == null) {
            throw new IllegalStateException("no position for " + expression);
        }
        return position;
    }

    private static boolean isComparison(RexCall call) {
        if (!SqlKind.COMPARISON.contains(call.getKind()) || call.getOperands().size() != 2) {
            return false;
        }
        return hasClock(call.getOperands().get(0))
                != hasClock(call.getOperands().get(1));
    }

    /** Whether an expression speaks of the current time. */
    static boolean hasClock(RexNode expression) {
        boolean[] found = new boolean[1];
        expression.accept(new RexVisitorImpl<Void>(true) {
            @Override
            public Void visitCall(RexCall call) {
                found[0] |= isClock(call.getOperator());
                return super.visitCall(call);
            }
        });
        return found[0];
    }

    private static Condition condition(RexCall call, Map<RexNode, Integer> positions) {
        boolean clockFirst = hasClock(call.getOperands().getFirst());
        RexNode clock = call.getOperands().get(clockFirst ? 0 : 1);
        RexNode value = call.getOperands().get(clockFirst ? 1 : 0);
        SqlKind kind = clockFirst ? call.getKind() : call.getKind().reverse();
        Comparison comparison =
                switch (kind) {
                    case LESS_THAN -> Comparison.LESS;
                    case LESS_THAN_OR_EQUAL -> Comparison.AT_MOST;
                    case EQUALS -> Comparison.EQUAL;
                    case NOT_EQUALS -> Comparison.NOT_EQUAL;
                    case GREATER_THAN_OR_EQUAL -> Comparison.AT_LEAST;
                    case GREATER_THAN -> Comparison.GREATER;
                    default ->
                        throw refusal(Positions.of(call), call.getOperator().getName());
                };
        List<ClockFunction.Step> steps = new ArrayList<>();
        collect(clock, steps);
        List<ClockFunction.Step> merged = new ArrayList<>();
        for (ClockFunction.Step step : steps) {
            if (step instanceof ClockFunction.Plus(long more)
                    && !merged.isEmpty()
                    && merged.getLast() instanceof ClockFunction.Plus(long units)) {
                merged.set(merged.size() - 1, new ClockFunction.Plus(units + more));
            } else {
                merged.add(step);
            }
        }
        positions.putIfAbsent(value, positions.size());
        return new Condition(new ClockFunction(merged), comparison, position(positions, value));
    }

    /** The steps from the current time to the expression. */
    private static void collect(RexNode expression, List<ClockFunction.Step> steps) {
        if (!(expression instanceof RexCall call)) {
            throw refusal(Positions.of(expression), "this expression");
        }
        if (isIn(TIMES, call.getOperator())) {
            return;
        }
        if (isIn(DATES, call.getOperator())) {
            steps.add(new ClockFunction.ToDate());
            return;
        }
        RexNode operand = call.getOperands().getFirst();
        boolean date = call.getType().getSqlTypeName() == SqlTypeName.DATE;
        boolean fromDate = operand.getType().getSqlTypeName() == SqlTypeName.DATE;
        boolean cast = call.getKind() == SqlKind.CAST
                || call.getOperator().getName().equalsIgnoreCase(PostgresExpressions.TO_TIMESTAMPTZ.getName());
        if (cast && isTime(call.getType()) && isTime(operand.getType())) {
            collect(operand, steps);
            if (date && !fromDate) {
                steps.add(new ClockFunction.ToDate());
            } else if (!date && fromDate) {
                steps.add(new ClockFunction.ToTimestamp());
            }
            return;
        }
        boolean minusDays = call.getOperator().getName().equalsIgnoreCase("minus_days");
        if ((minusDays || call.getOperator().getName().equalsIgnoreCase("plus_days"))
                && RexUtil.removeCast(call.getOperands().get(1)) instanceof RexLiteral literal
                && literal.getValueAs(Long.class) != null) {
            collect(operand, steps);
            long days = literal.getValueAs(Long.class);
            steps.add(new ClockFunction.Plus(minusDays ? -days : days));
            return;
        }
        if (call.getOperator().getName().equalsIgnoreCase(PostgresSyntax.DATE_TRUNC)
                && call.getOperands().size() == 2
                && operand instanceof RexLiteral unit
                && call.getType().getSqlTypeName() != SqlTypeName.DATE) {
            RexNode time = call.getOperands().getLast();
            collect(time, steps);
            if (time.getType().getSqlTypeName() == SqlTypeName.DATE) {
                steps.add(new ClockFunction.ToTimestamp());
            }
            ClockFunction.Truncate truncate = new ClockFunction.Truncate(RexLiteral.stringValue(unit));
            try {
                truncate.apply(0);
            } catch (ValueException e) {
                throw new Refusal(Positions.of(expression), String.valueOf(e.getMessage()));
            }
            steps.add(truncate);
            return;
        }
        if ((call.getKind() == SqlKind.PLUS || call.getKind() == SqlKind.MINUS)
                && call.getOperands().size() == 2
                && call.getOperands().get(1) instanceof RexLiteral interval
                && SqlTypeUtil.isInterval(interval.getType())
                && isTime(operand.getType())
                && isTime(call.getType())) {
            collect(operand, steps);
            Long literal = interval.getValueAs(Long.class);
            if (literal == null) {
                throw refusal(Positions.of(expression), "this expression");
            }
            long units = call.getKind() == SqlKind.PLUS ? literal : -literal;
            if (SqlTypeName.YEAR_INTERVAL_TYPES.contains(interval.getType().getSqlTypeName())) {
                steps.add(new ClockFunction.PlusMonths(units, fromDate));
                return;
            }
            if (date && units % DAY_MS != 0) {
                throw new Refusal(
                        Positions.of(expression),
                        "a date and a part of a day: write CURRENT_TIMESTAMP, or an interval of whole days");
            }
            steps.add(new ClockFunction.Plus(date ? units / DAY_MS : units));
            return;
        }
        throw new Refusal(
                Positions.of(expression),
                "the current time can be compared only as CURRENT_TIMESTAMP or CURRENT_DATE plus or minus an interval, or its DATE_TRUNC; bring the rest to the other side of the comparison");
    }

    private static boolean isTime(RelDataType type) {
        return switch (type.getSqlTypeName()) {
            case DATE, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> true;
            default -> false;
        };
    }

    /** Refuses a use of the current time that is no comparison. */
    static void check(Operator operator) {
        operator.inputs().forEach(edge -> check(edge.from()));
        List<RexNode> all = new ArrayList<>(operator.calc().conditions());
        all.addAll(operator.calc().projections());
        for (RexNode expression : all) {
            if (hasClock(expression)) {
                throw refusal(Positions.of(expression), "the current time");
            }
        }
    }
}
