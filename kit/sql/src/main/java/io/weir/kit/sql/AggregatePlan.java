package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.sql.parser.SqlParserPos;

/** Plans GROUP BY. */
final class AggregatePlan {

    private final PlanBuilder plan;

    AggregatePlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(LogicalAggregate aggregate) {
        if (aggregate.getGroupSets().size() > 1) {
            throw new Refusal(SqlParserPos.ZERO, "grouping sets are not maintained; write one model for each grouping");
        }
        Operator input = plan.rows(aggregate.getInput());
        List<DataType> types = input.types();
        List<Integer> keys = aggregate.getGroupSet().asList();
        List<Aggregate.Call> calls = aggregate.getAggCallList().stream()
                .map(call -> call(call, types))
                .toList();
        String id = plan.name("aggregate");
        Edge edge = keys.isEmpty() ? Edge.moved(id, input, keys, 1) : Edge.together(input, id, keys);
        Aggregate.Spec spec = new Aggregate.Spec(
                keys, keys.stream().map(types::get).toList(), calls, keys.isEmpty() ? List.of() : null);
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

    static Aggregate.Call call(AggregateCall call, List<DataType> types) {
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
        if (call.isApproximate() || call.ignoreNulls() || call.getArgList().size() > 1) {
            throw new Refusal(SqlParserPos.ZERO, call + " is not maintained");
        }
        int argument = call.getArgList().isEmpty() ? -1 : call.getArgList().getFirst();
        DataType result = Types.fromCalcite(call.getType()).orElseThrow();
        return new Aggregate.Call(
                function,
                argument,
                call.isDistinct(),
                call.filterArg,
                argument < 0 ? result : types.get(argument),
                result);
    }
}
