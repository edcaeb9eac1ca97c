package io.weir.kit.sql;

import io.weir.kit.sql.function.Numbers;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * {@code APPROX_QUANTILE(x, q)}, alias {@code APPROX_PERCENTILE}: {@code PERCENTILE_DISC(q)} of the values by their first three digits, each kept with its number. So
 * it is within 0.5 % of the exact value, keeps at most 900 entries per power of ten whatever comes, and forgets what goes, as a sketch cannot.
 */
final class ApproximateQuantile {

    private static final Set<String> NAMES = Set.of("APPROX_QUANTILE", "APPROX_PERCENTILE");

    /** A value by its first three digits, under the name that tells the user what does not take a text. */
    static final PostgresFunction VALUE = PostgresFunction.of(
            "approx_quantile",
            Numbers.class,
            "approximate(int) same",
            "approximate(bigint) same",
            "approximate(decimal) same",
            "approximate(double) double");

    private ApproximateQuantile() {}

    /** The call as a percentile, where it is one of these. */
    static Optional<SqlCall> percentile(SqlCall call) {
        if (!(call instanceof SqlBasicCall
                && call.getOperator() instanceof SqlFunction function
                && NAMES.contains(function.getName().toUpperCase(Locale.ROOT)))) {
            return Optional.empty();
        }
        SqlParserPos position = call.getParserPosition();
        if (call.operandCount() != 2 || call.getFunctionQuantifier() != null) {
            throw new Refusal(
                    position,
                    "%s takes a number and a fraction: APPROX_QUANTILE(x, 0.9)"
                            .formatted(function.getName().toUpperCase(Locale.ROOT)));
        }
        SqlNode value = call.operand(0);
        SqlNode fraction = call.operand(1);
        return Optional.of(SqlStdOperatorTable.WITHIN_GROUP.createCall(
                position,
                SqlStdOperatorTable.PERCENTILE_DISC.createCall(position, fraction),
                new SqlNodeList(List.of(VALUE.createCall(position, value)), position)));
    }
}
