package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Join;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** The range in which the partners of a row lie, from comparisons such as {@code a.t BETWEEN b.t - INTERVAL '5' MINUTE AND b.t}. */
final class JoinRange {

    /** A column of one side, and what is added to it. */
    private record Term(int column, long offset) {}

    private record Columns(int left, int right) {}

    private final int width;
    private final Operator left;
    private final Operator right;
    private final Map<Columns, Join.Within> ranges = new LinkedHashMap<>();

    private JoinRange(Operator left, Operator right) {
        this.width = left.types().size();
        this.left = left;
        this.right = right;
    }

    /** The narrowest kind of range that the conditions, over both sides' columns, set; null where there is none. It may hold more rows than fulfil them. */
    static Join.@Nullable Within of(List<RexNode> conditions, Operator left, Operator right) {
        JoinRange range = new JoinRange(left, right);
        conditions.forEach(range::narrow);
        return range.ranges.values().stream()
                .max(java.util.Comparator.comparingInt(
                        within -> (within.low() == Long.MIN_VALUE ? 0 : 1) + (within.high() == Long.MAX_VALUE ? 0 : 1)))
                .orElse(null);
    }

    private void narrow(RexNode condition) {
        if (!(condition instanceof RexCall call) || call.getOperands().size() != 2) {
            return;
        }
        Term a = term(call.getOperands().get(0));
        Term b = term(call.getOperands().get(1));
        SqlKind kind = call.getKind();
        if (a == null || b == null || (a.column < width) == (b.column < width)) {
            return;
        }
        if (a.column >= width) {
            Term swapped = a;
            a = b;
            b = swapped;
            kind = kind.reverse();
        }
        int other = b.column - width;
        if (!comparable(left.types().get(a.column), right.types().get(other))) {
            return;
        }
        // left + a.offset <kind> right + b.offset
        long apart = b.offset - a.offset;
        Join.Within found =
                switch (kind) {
                    case GREATER_THAN -> new Join.Within(a.column, other, apart + 1, Long.MAX_VALUE);
                    case GREATER_THAN_OR_EQUAL -> new Join.Within(a.column, other, apart, Long.MAX_VALUE);
                    case LESS_THAN -> new Join.Within(a.column, other, Long.MIN_VALUE, apart - 1);
                    case LESS_THAN_OR_EQUAL -> new Join.Within(a.column, other, Long.MIN_VALUE, apart);
                    default -> null;
                };
        if (found != null) {
            ranges.merge(
                    new Columns(a.column, other),
                    found,
                    (x, y) -> new Join.Within(
                            x.leftColumn(), x.rightColumn(), Math.max(x.low(), y.low()), Math.min(x.high(), y.high())));
        }
    }

    private static boolean comparable(DataType a, DataType b) {
        return (Types.isInteger(a) && Types.isInteger(b))
                || (a.equals(b) && (a instanceof DataType.Timestamp || a instanceof DataType.Date));
    }

    private @Nullable Term term(RexNode expression) {
        if (expression instanceof RexInputRef ref) {
            Operator side = ref.getIndex() < width ? left : right;
            int start = ref.getIndex() < width ? 0 : width;
            RexNode projection = side.calc().projections().get(ref.getIndex() - start);
            Term computed =
                    shifted(projection, base -> side.calc().projections().indexOf(base));
            return computed == null ? new Term(ref.getIndex(), 0) : new Term(computed.column + start, computed.offset);
        }
        if (expression instanceof RexCall cast && cast.getKind() == SqlKind.CAST) {
            RexNode from = cast.getOperands().getFirst();
            return isSameNumber(from.getType(), cast.getType()) ? term(from) : null;
        }
        return shifted(expression, base -> {
            Term term = term(base);
            return term == null || term.offset != 0 ? -1 : term.column;
        });
    }

    private static boolean isSameNumber(RelDataType from, RelDataType to) {
        return (SqlTypeUtil.isIntType(from) && SqlTypeUtil.isIntType(to))
                || Types.fromCalcite(from).equals(Types.fromCalcite(to));
    }

    /** {@code column + literal} or {@code column - literal}, in the column's unit; null for anything else. */
    private static @Nullable Term shifted(RexNode expression, java.util.function.ToIntFunction<RexNode> columns) {
        if (!(expression instanceof RexCall call) || call.getOperands().size() != 2) {
            return null;
        }
        int sign =
                switch (call.getKind()) {
                    case PLUS, CHECKED_PLUS -> 1;
                    case MINUS, CHECKED_MINUS -> -1;
                    default -> 0;
                };
        if (sign == 0
                || !(call.getOperands().get(1) instanceof RexLiteral literal)
                || !Types.fromCalcite(call.getType())
                        .filter(type -> Types.isInteger(type)
                                ? SqlTypeUtil.isIntType(literal.getType())
                                : type instanceof DataType.Timestamp
                                        && literal.getType().getSqlTypeName().getFamily()
                                                == org.apache.calcite.sql.type.SqlTypeFamily.INTERVAL_DAY_TIME)
                        .isPresent()) {
            return null;
        }
        BigDecimal amount = literal.getValueAs(BigDecimal.class);
        int column = columns.applyAsInt(call.getOperands().get(0));
        return amount == null || column < 0 || amount.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE / 4)) > 0
                ? null
                : new Term(column, sign * amount.longValue());
    }
}
