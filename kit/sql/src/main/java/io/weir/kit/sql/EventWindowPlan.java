package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.EventWindows;
import io.weir.kit.sql.change.OnTime;
import io.weir.kit.sql.change.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.calcite.rel.logical.LogicalTableFunctionScan;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** Plans TUMBLE, HOP and SESSION, Calcite's table functions over event time. */
final class EventWindowPlan {

    private final PlanBuilder plan;

    EventWindowPlan(PlanBuilder plan) {
        this.plan = plan;
    }

    Operator of(LogicalTableFunctionScan scan) {
        RexCall call = (RexCall) scan.getCall();
        String name = call.getOperator().getName().toUpperCase(Locale.ROOT);
        Operator input = plan.rows(scan.getInput(0));
        List<List<Integer>> descriptors = new ArrayList<>();
        List<Long> lengths = new ArrayList<>();
        for (RexNode operand : call.getOperands()) {
            if (operand instanceof RexCall descriptor && descriptor.getKind() == SqlKind.DESCRIPTOR) {
                descriptors.add(descriptor.getOperands().stream()
                        .map(column -> ((RexInputRef) column).getIndex())
                        .toList());
            } else {
                lengths.add(length(call, operand));
            }
        }
        int time = descriptors.getFirst().getFirst();
        if (!(input.types().get(time) instanceof DataType.Timestamp)) {
            throw new Refusal(Positions.of(call), name + " takes a timestamp as its first DESCRIPTOR");
        }
        Calc calc = Calc.identity(scan.getRowType());
        Optional<Duration> lateness = WindowClosing.lateness(input, time);
        switch (name) {
            case "TUMBLE" -> {
                long size = lengths.getFirst();
                return windows(input, lateness, new EventWindows.Spec(time, size, size, offset(lengths, 1)), calc);
            }
            case "HOP" -> {
                return windows(
                        input,
                        lateness,
                        new EventWindows.Spec(time, lengths.get(1), lengths.getFirst(), offset(lengths, 2)),
                        calc);
            }
            case "SESSION" -> {
                List<Integer> keys = descriptors.size() > 1 ? descriptors.get(1) : List.of();
                String id = plan.name("session");
                Operator timely = onTime(input, lateness, time, null);
                Edge edge = keys.isEmpty() && !input.spread().isSingle()
                        ? Edge.moved(id, timely, keys, 1)
                        : Edge.together(timely, id, keys);
                return new SessionRows(
                        id, edge, new Sessions.Spec(input.types(), time, keys, lengths.getFirst()), calc);
            }
            default -> throw new Refusal(Positions.of(call), name + " in FROM is not maintained");
        }
    }

    private Operator windows(Operator input, Optional<Duration> lateness, EventWindows.Spec spec, Calc calc) {
        Operator timely = onTime(input, lateness, spec.column(), spec);
        return new EventWindowRows(plan.name("windows"), Edge.direct(timely), spec, calc);
    }

    private Operator onTime(
            Operator input, Optional<Duration> lateness, int column, EventWindows.@Nullable Spec windows) {
        if (lateness.isEmpty()) {
            return input;
        }
        RelDataTypeFactory.Builder row = plan.types().builder();
        for (int i = 0; i < input.calc().projections().size(); i++) {
            row.add(
                    input.calc().names().get(i),
                    input.calc().projections().get(i).getType());
        }
        return new OnTimeRows(
                plan.name("on-time"),
                Edge.direct(input),
                new OnTime.Spec(column, lateness.get().toMillis(), windows),
                plan.emit(),
                Calc.identity(row.build()));
    }

    private static long offset(List<Long> lengths, int position) {
        return lengths.size() > position ? lengths.get(position) : 0;
    }

    private static long length(RexCall call, RexNode operand) {
        if (operand instanceof RexLiteral literal
                && SqlTypeUtil.isInterval(literal.getType())
                && !SqlTypeName.YEAR_INTERVAL_TYPES.contains(literal.getType().getSqlTypeName())) {
            Long length = literal.getValueAs(Long.class);
            if (length != null && length > 0) {
                return length;
            }
        }
        throw new Refusal(
                Positions.of(call),
                call.getOperator().getName()
                        + " takes intervals of days, hours, minutes and seconds, above zero; for months group by DATE_TRUNC");
    }
}
