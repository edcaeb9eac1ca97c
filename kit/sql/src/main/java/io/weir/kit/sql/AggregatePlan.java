package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.SortFormat;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.core.Aggregate.Group;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/** Plans GROUP BY. */
final class AggregatePlan {

    private final PlanBuilder plan;

    AggregatePlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(LogicalAggregate aggregate) {
        Operator input = plan.rows(aggregate.getInput());
        boolean simple = aggregate.getGroupType() == Group.SIMPLE;
        List<AggregateCall> computed = aggregate.getAggCallList().stream()
                .filter(call -> simple || call.getAggregation().getKind() != SqlKind.GROUPING)
                .toList();
        if (simple) {
            List<Integer> keys = aggregate.getGroupSet().asList();
            return grouped(
                    input,
                    keys,
                    calls(computed, input, 0),
                    keys.isEmpty() ? List.of() : null,
                    Calc.identity(aggregate.getRowType()));
        }
        GroupingSetsPlan sets = new GroupingSetsPlan(plan, aggregate);
        return grouped(
                sets.expanded(input),
                sets.expandedKeys(),
                calls(computed, input, sets.shift()),
                sets.always(),
                sets.calc(computed));
    }

    private Operator grouped(
            Operator input,
            List<Integer> keys,
            List<Aggregate.Call> calls,
            @Nullable List<@Nullable Object> always,
            Calc calc) {
        List<DataType> types = input.types();
        String id = plan.name("aggregate");
        Edge edge = keys.isEmpty() ? Edge.moved(id, input, keys, 1) : Edge.together(input, id, keys);
        Aggregate.Spec spec =
                new Aggregate.Spec(keys, keys.stream().map(types::get).toList(), calls, always);
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
        return new AggregateRows(id, edge, spec, spread, calc);
    }

    private static List<Aggregate.Call> calls(List<AggregateCall> calls, Operator input, int shift) {
        return calls.stream()
                .map(call -> call(call, input.types(), input).shifted(shift))
                .toList();
    }

    /** A call that needs nothing of a row but its argument. */
    static Aggregate.Call call(AggregateCall call, List<DataType> types) {
        return call(call, types, null);
    }

    private static Aggregate.Call call(AggregateCall call, List<DataType> types, @Nullable Operator input) {
        Aggregate.Function function = function(call);
        List<Integer> arguments = call.getArgList();
        DataType result = Types.fromCalcite(call.getType()).orElseThrow();
        int argument = arguments.isEmpty() ? -1 : arguments.getFirst();
        List<SortFormat.Order> orders = new ArrayList<>();
        Object constant = null;
        for (RelFieldCollation order : call.getCollation().getFieldCollations()) {
            orders.add(order(order.getFieldIndex(), types, order.direction.isDescending(), nullsFirst(order)));
        }
        switch (function) {
            case FIRST_BY ->
                orders.add(order(arguments.get(1), types, call.getAggregation().getKind() == SqlKind.ARG_MAX, false));
            case STRING_AGG -> {
                if (orders.isEmpty()) {
                    orders.add(order(argument, types, false, false));
                }
                constant = arguments.size() > 1 ? literal(input, arguments.get(1), String.class) : "";
            }
            case ARRAY_AGG -> {
                if (orders.isEmpty()) {
                    orders.add(order(argument, types, false, false));
                }
            }
            case PERCENTILE_CONT, PERCENTILE_DISC -> {
                constant = literal(input, argument, BigDecimal.class);
                argument = orders.getFirst().column();
                boolean between = types.get(argument) instanceof DataType.DoublePrecision
                        || types.get(argument) instanceof DataType.Decimal;
                if (function == Aggregate.Function.PERCENTILE_CONT && !between) {
                    throw new Refusal(
                            SqlParserPos.ZERO,
                            "PERCENTILE_CONT gives numbers between those of the rows; write ORDER BY CAST(... AS DOUBLE)");
                }
            }
            default -> {}
        }
        return new Aggregate.Call(
                function,
                argument,
                call.isDistinct(),
                call.filterArg,
                orders,
                constant,
                argument < 0 ? result : types.get(argument),
                result);
    }

    private static Aggregate.Function function(AggregateCall call) {
        return switch (call.getAggregation().getKind()) {
            case COUNT -> call.isApproximate() ? Aggregate.Function.APPROX_COUNT_DISTINCT : Aggregate.Function.COUNT;
            case SUM -> Aggregate.Function.SUM;
            case AVG -> Aggregate.Function.AVG;
            case MIN -> Aggregate.Function.MIN;
            case MAX -> Aggregate.Function.MAX;
            case VAR_POP -> Aggregate.Function.VAR_POP;
            case VAR_SAMP -> Aggregate.Function.VAR_SAMP;
            case STDDEV_POP -> Aggregate.Function.STDDEV_POP;
            case STDDEV_SAMP -> Aggregate.Function.STDDEV_SAMP;
            case ARG_MIN, ARG_MAX -> Aggregate.Function.FIRST_BY;
            case STRING_AGG, LISTAGG -> Aggregate.Function.STRING_AGG;
            case ARRAY_AGG -> Aggregate.Function.ARRAY_AGG;
            case PERCENTILE_CONT -> Aggregate.Function.PERCENTILE_CONT;
            case PERCENTILE_DISC -> Aggregate.Function.PERCENTILE_DISC;
            default ->
                throw new Refusal(SqlParserPos.ZERO, call.getAggregation().getName() + " is not maintained");
        };
    }

    private static SortFormat.Order order(int column, List<DataType> types, boolean descending, boolean nullsFirst) {
        return new SortFormat.Order(column, types.get(column), descending, nullsFirst);
    }

    private static boolean nullsFirst(RelFieldCollation order) {
        return switch (order.nullDirection) {
            case FIRST -> true;
            case LAST -> false;
            case UNSPECIFIED -> order.direction.isDescending();
        };
    }

    private static Object literal(@Nullable Operator input, int column, Class<?> type) {
        if (input == null) {
            throw new Refusal(SqlParserPos.ZERO, "STRING_AGG and PERCENTILE are not window functions here");
        }
        RexNode expression = RexUtil.removeCast(input.calc().projections().get(column));
        Object value = expression instanceof RexLiteral literal ? literal.getValueAs(type) : null;
        if (value == null) {
            throw new Refusal(
                    Positions.of(expression),
                    "the separator of STRING_AGG and the fraction of PERCENTILE are the same for all rows; write a literal");
        }
        return value;
    }
}
