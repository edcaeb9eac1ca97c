package io.weir.kit.sql;

import io.weir.kit.contract.OnError;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;

/**
 * A {@link Calc} whose {@link Guard}s have become columns that follow the input's, so that each can be computed apart and fail alone.
 *
 * @param input the columns of the calc's input, then one for each guard
 * @param guards each over the input and the guards before it
 * @param early how many guards the conditions need; the others are for the projections
 */
record Guarded(
        RelDataType input, List<Expression> guards, int early, List<RexNode> conditions, List<RexNode> projections) {

    record Expression(RexNode expression, OnError onError, String column) {}

    static Guarded of(Calc calc) {
        List<Expression> guards = new ArrayList<>();
        List<RexNode> calls = new ArrayList<>();
        int columns = calc.input().getFieldCount();
        RexShuttle toColumns = new RexShuttle() {
            @Override
            public RexNode visitCall(RexCall call) {
                RexNode visited = super.visitCall(call);
                if (!(visited instanceof RexCall guarded) || !(guarded.getOperator() instanceof Guard guard)) {
                    return visited;
                }
                int known = calls.indexOf(guarded);
                if (known < 0) {
                    known = calls.size();
                    calls.add(guarded);
                    guards.add(new Expression(guarded.getOperands().getFirst(), guard.onError(), guard.column()));
                }
                return new RexInputRef(columns + known, guarded.getType());
            }
        };
        List<RexNode> conditions = toColumns.apply(calc.conditions());
        int early = guards.size();
        List<RexNode> projections = toColumns.apply(calc.projections());
        if (guards.isEmpty()) {
            return new Guarded(calc.input(), guards, 0, calc.conditions(), calc.projections());
        }
        RelDataTypeFactory.Builder extended =
                new JavaTypes().builder().addAll(calc.input().getFieldList());
        for (int i = 0; i < calls.size(); i++) {
            extended.add("$guard" + i, calls.get(i).getType());
        }
        return new Guarded(extended.build(), guards, early, conditions, projections);
    }
}
