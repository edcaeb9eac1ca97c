package io.weir.kit.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalLiteral;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/** How old a row is, compared, as a comparison of the current time itself, which is what is maintained: {@code CURRENT_DATE - x <= 30} as {@code CURRENT_DATE <= x + 30}. */
final class ClockSyntax extends SqlShuttle {

    private static final Set<String> CLOCKS = Set.of("CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP");
    private static final Set<SqlKind> COMPARISONS = Set.of(
            SqlKind.LESS_THAN,
            SqlKind.LESS_THAN_OR_EQUAL,
            SqlKind.EQUALS,
            SqlKind.NOT_EQUALS,
            SqlKind.GREATER_THAN_OR_EQUAL,
            SqlKind.GREATER_THAN);

    private ClockSyntax() {}

    static SqlNode withoutAges(SqlNode query) {
        SqlNode rewritten = query.accept(new ClockSyntax());
        return rewritten == null ? query : rewritten;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlNode visited = super.visit(call);
        if (!(visited instanceof SqlCall comparison)) {
            return visited;
        }
        if (comparison.getKind() == SqlKind.BETWEEN) {
            SqlCall age = age(comparison, comparison.operand(0));
            return age == null ? comparison : between(comparison, age);
        }
        if (!COMPARISONS.contains(comparison.getKind()) || comparison.operandCount() != 2) {
            return comparison;
        }
        SqlCall left = age(comparison, comparison.operand(0));
        SqlCall right = left == null ? age(comparison, comparison.operand(1)) : null;
        SqlNode a = comparison.operand(0);
        SqlNode b = comparison.operand(1);
        if (left != null) {
            return isClock(left.operand(0))
                    ? with(comparison, left.operand(0), later(left, b))
                    : with(comparison, earlier(left, b), left.operand(1));
        }
        if (right != null) {
            return isClock(right.operand(0))
                    ? with(comparison, later(right, a), right.operand(0))
                    : with(comparison, right.operand(1), earlier(right, a));
        }
        return comparison;
    }

    private static SqlNode between(SqlCall comparison, SqlCall age) {
        SqlNode low = comparison.operand(1);
        SqlNode high = comparison.operand(2);
        return isClock(age.operand(0))
                ? with(comparison, age.operand(0), later(age, low), later(age, high))
                : with(comparison, age.operand(1), earlier(age, high), earlier(age, low));
    }

    /** The operand, if it is the time between the current one and one of the row. */
    private static @Nullable SqlCall age(SqlCall comparison, SqlNode operand) {
        if (!(operand instanceof SqlCall minus)
                || minus.getKind() != SqlKind.MINUS
                || minus.operandCount() != 2
                || isClock(minus.operand(0)) == isClock(minus.operand(1))
                || !isOfRow(isClock(minus.operand(0)) ? minus.operand(1) : minus.operand(0))) {
            return null;
        }
        for (SqlNode other : comparison.getOperandList()) {
            if (other != operand && hasMonths(other)) {
                throw new Refusal(
                        comparison.getParserPosition(),
                        "a month has no length that an age could be compared with; write column > CURRENT_TIMESTAMP - INTERVAL '1' MONTH, or the age in days");
            }
            if (other != operand && isClock(other)) {
                return null;
            }
        }
        return minus;
    }

    private static SqlNode with(SqlCall comparison, SqlNode... operands) {
        return comparison.getOperator().createCall(comparison.getParserPosition(), operands);
    }

    private static SqlNode later(SqlCall age, SqlNode by) {
        return new SqlBasicCall(SqlStdOperatorTable.PLUS, List.of(age.operand(1), by), age.getParserPosition());
    }

    private static SqlNode earlier(SqlCall age, SqlNode by) {
        return new SqlBasicCall(SqlStdOperatorTable.MINUS, List.of(age.operand(0), by), age.getParserPosition());
    }

    private static boolean isClock(SqlNode expression) {
        return hasName(expression, true);
    }

    private static boolean isOfRow(SqlNode expression) {
        return hasName(expression, false);
    }

    /** Whether the current time is named, or else anything but it. */
    private static boolean hasName(SqlNode expression, boolean clock) {
        boolean[] found = new boolean[1];
        expression.accept(new SqlBasicVisitor<Void>() {
            @Override
            public @Nullable Void visit(SqlIdentifier name) {
                found[0] |= clock
                        == (name.isSimple() && CLOCKS.contains(name.getSimple().toUpperCase(Locale.ROOT)));
                return null;
            }
        });
        return found[0];
    }

    private static boolean hasMonths(SqlNode expression) {
        boolean[] found = new boolean[1];
        expression.accept(new SqlBasicVisitor<Void>() {
            @Override
            public @Nullable Void visit(SqlLiteral literal) {
                found[0] |= literal.getValue() instanceof SqlIntervalLiteral.IntervalValue interval
                        && interval.getIntervalQualifier().isYearMonth();
                return null;
            }
        });
        return found[0];
    }
}
