package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexVisitorImpl;
import org.jspecify.annotations.Nullable;

/**
 * An operator and what is done to its rows afterwards, as far as is known by now.
 *
 * @param late conditions that came after a window function was projected, hence after it was computed
 */
record Building(Operator operator, Calc calc, List<RexNode> late) {

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

    /** Where no window function is left, not even one that only a late condition used: with those conditions among the others. */
    Building withoutWindow() {
        if (late.isEmpty()) {
            return this;
        }
        List<RexNode> conditions = new ArrayList<>(calc.conditions());
        conditions.addAll(late);
        return new Building(operator, new Calc(calc.input(), conditions, calc.projections(), calc.names()), List.of());
    }

    private static @Nullable RexOver firstWindow(RexNode expression) {
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
