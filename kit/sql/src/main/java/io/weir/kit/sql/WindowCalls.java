package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate;
import io.weir.kit.sql.change.Frame;
import io.weir.kit.sql.change.SortFormat;
import io.weir.kit.sql.change.TopRows;
import io.weir.kit.sql.change.WindowFunctions;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexWindowBound;
import org.apache.calcite.rex.RexWindowExclusion;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** The calls of one window, as the operator takes them. */
final class WindowCalls {

    private static final Set<SqlKind> NUMBERINGS = Set.of(SqlKind.ROW_NUMBER, SqlKind.RANK, SqlKind.DENSE_RANK);

    private static final BigDecimal DAY_MS = BigDecimal.valueOf(86_400_000);

    private final PlanBuilder plan;
    private final WindowPlan.Arranged rows;
    private final List<DataType> types;
    private final List<SortFormat.Order> orders;

    /** {@code types} are those of the rows, {@code orders} those of the window as the operator keeps it. */
    WindowCalls(PlanBuilder plan, WindowPlan.Arranged rows, List<DataType> types, List<SortFormat.Order> orders) {
        this.plan = plan;
        this.rows = rows;
        this.types = types;
        this.orders = orders;
    }

    static boolean isNumbering(RexOver over) {
        return NUMBERINGS.contains(over.getAggOperator().getKind());
    }

    static TopRows.Numbering numbering(RexOver over) {
        return TopRows.Numbering.valueOf(over.getAggOperator().getKind().name());
    }

    /** Whether the frame goes from a row on to the partition's end: then it is the beginning of the partition in the opposite order. */
    static boolean isReversed(RexOver over) {
        return isAggregate(over)
                && over.getWindow().getUpperBound().isUnbounded()
                && !over.getWindow().getLowerBound().isUnbounded()
                && !isOverAll(over);
    }

    /** Without an order all rows of a partition are peers. */
    private static boolean isOverAll(RexOver over) {
        return over.getWindow().orderKeys.isEmpty() && !over.getWindow().isRows();
    }

    private static boolean isAggregate(RexOver over) {
        return switch (over.getAggOperator().getKind()) {
            case ROW_NUMBER, RANK, DENSE_RANK, LAG, LEAD, FIRST_VALUE, LAST_VALUE -> false;
            default -> true;
        };
    }

    /** What has to be computed of each row before the windows are. */
    static List<RexNode> arguments(RexBuilder rexBuilder, RexOver over) {
        List<RexNode> operands = over.getOperands();
        return switch (over.getAggOperator().getKind()) {
            case ROW_NUMBER, RANK, DENSE_RANK -> List.of();
            case LAG, LEAD -> {
                List<RexNode> arguments = new ArrayList<>();
                arguments.add(rexBuilder.ensureType(over.getType(), operands.getFirst(), true));
                if (operands.size() > 2) {
                    arguments.add(rexBuilder.ensureType(over.getType(), operands.get(2), true));
                }
                yield arguments;
            }
            default -> operands;
        };
    }

    RelDataType type(RexOver over) {
        return isNumbering(over) || over.getAggOperator().getKind() == SqlKind.COUNT
                ? over.getType()
                : plan.types().createTypeWithNullability(over.getType(), true);
    }

    WindowFunctions.Call of(RexOver over) {
        if (over.isDistinct()) {
            throw refusal(over, "(DISTINCT ...) OVER is not maintained, as in PostgreSQL");
        }
        if (over.ignoreNulls()) {
            throw refusal(over, " with IGNORE NULLS is not maintained; filter the nulls in a subquery");
        }
        List<Integer> arguments =
                arguments(plan.rexBuilder(), over).stream().map(rows::position).toList();
        DataType result = Types.fromCalcite(over.getType()).orElseThrow();
        return switch (over.getAggOperator().getKind()) {
            case ROW_NUMBER, RANK, DENSE_RANK -> new WindowFunctions.Numbered(numbering(over));
            case LAG, LEAD -> {
                int distance = distance(over);
                yield new WindowFunctions.Neighbour(
                        arguments.getFirst(),
                        over.getAggOperator().getKind() == SqlKind.LAG ? -distance : distance,
                        arguments.size() > 1 ? arguments.get(1) : -1,
                        result);
            }
            case FIRST_VALUE, LAST_VALUE ->
                new WindowFunctions.EdgeOfFrame(
                        over.getAggOperator().getKind() == SqlKind.FIRST_VALUE,
                        arguments.getFirst(),
                        frame(over),
                        result);
            default -> new WindowFunctions.Total(aggregate(over, arguments), total(over));
        };
    }

    private Aggregate.Call aggregate(RexOver over, List<Integer> arguments) {
        SqlAggFunction function =
                over.getAggOperator().getKind() == SqlKind.SUM0 ? SqlStdOperatorTable.SUM : over.getAggOperator();
        return AggregatePlan.call(
                AggregateCall.create(
                        function,
                        false,
                        false,
                        false,
                        List.of(),
                        arguments,
                        -1,
                        null,
                        RelCollations.EMPTY,
                        type(over),
                        null),
                types);
    }

    private static int distance(RexOver over) {
        if (over.getOperands().size() < 2) {
            return 1;
        }
        if (!(RexUtil.removeCast(over.getOperands().get(1)) instanceof RexLiteral literal)
                || literal.getValueAs(Integer.class) == null) {
            throw refusal(over, " takes a number as its second argument");
        }
        return literal.getValueAs(Integer.class);
    }

    private Frame total(RexOver over) {
        return isReversed(over) ? frame(over).reversed() : frame(over);
    }

    private Frame frame(RexOver over) {
        if (over.getWindow().getExclude() != RexWindowExclusion.EXCLUDE_NO_OTHER) {
            throw new Refusal(
                    Positions.of(over),
                    "EXCLUDE in a window's frame is not maintained; leave it out, and take the current row's value off the result");
        }
        if (isOverAll(over)) {
            return new Frame(false, Frame.Bound.UNBOUNDED, Frame.Bound.UNBOUNDED);
        }
        Frame frame = new Frame(
                over.getWindow().isRows(),
                bound(over, over.getWindow().getLowerBound()),
                bound(over, over.getWindow().getUpperBound()));
        return frame;
    }

    private Frame.Bound bound(RexOver over, RexWindowBound bound) {
        if (bound.isUnbounded()) {
            return Frame.Bound.UNBOUNDED;
        }
        if (bound.isCurrentRow()) {
            return Frame.Bound.CURRENT_ROW;
        }
        if (!(bound.getOffset() instanceof RexLiteral literal) || literal.isNull()) {
            throw refusal(over, " takes a number or an interval in its frame");
        }
        BigDecimal offset = literal.getValueAs(BigDecimal.class);
        if (offset == null || offset.signum() < 0) {
            throw refusal(over, ": a frame's offset is not negative");
        }
        boolean months = false;
        if (!over.getWindow().isRows()) {
            if (orders.size() != 1) {
                throw refusal(over, " with a RANGE of values takes one column in ORDER BY");
            }
            DataType type = orders.getFirst().type();
            boolean interval = SqlTypeUtil.isInterval(literal.getType());
            months = interval
                    && SqlTypeName.YEAR_INTERVAL_TYPES.contains(
                            literal.getType().getSqlTypeName());
            if (type instanceof DataType.Date && interval && !months) {
                offset = offset.divide(DAY_MS);
            }
            boolean fits =
                    switch (type) {
                        case DataType.Int _, DataType.BigInt _ -> !interval && isWhole(offset);
                        case DataType.Decimal decimal ->
                            !interval && offset.stripTrailingZeros().scale() <= decimal.scale();
                        case DataType.Real _, DataType.DoublePrecision _ -> !interval;
                        case DataType.Date _, DataType.Timestamp _ -> interval && isWhole(offset);
                        default -> false;
                    };
            if (!fits) {
                throw refusal(over, " cannot count this RANGE in %s".formatted(Types.sql(type)));
            }
        }
        return new Frame.Bound(bound.isPreceding() ? offset.negate() : offset, months);
    }

    private static boolean isWhole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    private static Refusal refusal(RexOver over, String why) {
        return new Refusal(Positions.of(over), over.getAggOperator().getName() + why);
    }
}
