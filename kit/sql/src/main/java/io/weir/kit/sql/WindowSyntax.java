package io.weir.kit.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlAvgAggFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.apache.calcite.util.Litmus;
import org.jspecify.annotations.Nullable;

/** What Calcite does otherwise than PostgreSQL with FILTER, with functions before OVER, and with TRY_CAST. */
final class WindowSyntax extends SqlShuttle {

    /** Leaves averages and attempts as they are: Calcite would divide a sum, with other digits. */
    static final SqlRexConvertletTable CONVERTLETS = WindowSyntax::convertlet;

    private static final Set<SqlKind> PERCENTILES = Set.of(SqlKind.PERCENTILE_CONT, SqlKind.PERCENTILE_DISC);
    private static final Set<SqlKind> ORDERS = Set.of(SqlKind.DESCENDING, SqlKind.NULLS_FIRST, SqlKind.NULLS_LAST);

    private WindowSyntax() {}

    /** With FILTER before OVER, of percentiles and of ordered texts, which Calcite does not know there, as a CASE of what is aggregated. */
    static SqlNode withoutFilters(SqlNode query) {
        SqlNode rewritten = query.accept(new WindowSyntax());
        return rewritten == null ? query : rewritten;
    }

    private static @Nullable SqlRexConvertlet convertlet(SqlCall call) {
        SqlRexConvertlet nested = NestedExpressions.convertlet(call);
        if (nested != null) {
            return nested;
        }
        if (call.getKind() == SqlKind.SAFE_CAST) {
            return WindowSyntax::tried;
        }
        return call.getOperator() instanceof SqlAvgAggFunction average
                ? (context, averaged) -> context.getRexBuilder()
                        .makeCall(
                                averaged.getParserPosition(),
                                context.getValidator().getValidatedNodeType(averaged),
                                average,
                                averaged.getOperandList().stream()
                                        .map(context::convertExpression)
                                        .toList())
                : DateArithmetic.CONVERTLETS.get(call);
    }

    /** TRY_CAST is the attempt of a cast: of a literal, Calcite would make null of what its own cast does not know. */
    private static RexNode tried(SqlRexContext context, SqlCall call) {
        SqlCall cast = SqlStdOperatorTable.CAST.createCall(call.getParserPosition(), call.getOperandList());
        return context.getRexBuilder()
                .makeCall(
                        call.getParserPosition(),
                        context.getValidator().getValidatedNodeType(call),
                        Guard.TRY,
                        List.of(DateArithmetic.CONVERTLETS.get(cast).convertCall(context, cast)));
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlNode visited = super.visit(call);
        if (visited instanceof SqlCall plain) {
            visited = ApproximateQuantile.percentile(plain).orElse(plain);
        }
        if (visited instanceof SqlCall over
                && over.getKind() == SqlKind.OVER
                && over.operand(0) instanceof SqlCall filter
                && filter.getKind() == SqlKind.FILTER
                && filter.operand(0) instanceof SqlCall aggregate
                && aggregate.operandCount() == 1) {
            SqlNode argument = aggregate.operand(0);
            boolean star = argument instanceof SqlIdentifier identifier && identifier.isStar();
            SqlParserPos position = aggregate.getParserPosition();
            SqlNode filtered = where(filter.operand(1), star ? SqlLiteral.createExactNumeric("1", position) : argument);
            SqlCall counted =
                    aggregate.getOperator().createCall(aggregate.getFunctionQuantifier(), position, List.of(filtered));
            return over.getOperator().createCall(over.getParserPosition(), counted, over.operand(1));
        }
        if (visited instanceof SqlCall filter
                && filter.getKind() == SqlKind.FILTER
                && filter.operand(0) instanceof SqlCall aggregate) {
            return filtered(filter, aggregate);
        }
        return visited instanceof SqlCall sorted && isPercentile(sorted)
                ? percentile(sorted, SqlLiteral.createBoolean(true, sorted.getParserPosition()))
                : visited;
    }

    private static boolean isPercentile(SqlCall sorted) {
        return sorted.getKind() == SqlKind.WITHIN_GROUP
                && PERCENTILES.contains(sorted.operand(0).getKind());
    }

    /** A percentile of values that can be null: so is its result, which Calcite gives the type of the values. */
    private static SqlNode percentile(SqlCall sorted, SqlNode condition) {
        SqlNodeList orders = sorted.operand(1);
        return sorted.getOperator()
                .createCall(
                        sorted.getParserPosition(),
                        sorted.operand(0),
                        new SqlNodeList(
                                orders.stream()
                                        .map(order -> ordered(order, order(order), condition))
                                        .toList(),
                                orders.getParserPosition()));
    }

    private static SqlNode filtered(SqlCall filter, SqlCall aggregate) {
        SqlNode condition = filter.operand(1);
        if (isPercentile(aggregate)) {
            return percentile(aggregate, condition);
        }
        if (aggregate.getKind() == SqlKind.STRING_AGG) {
            SqlNode text = aggregate.operand(0);
            List<SqlNode> operands = new ArrayList<>(aggregate.getOperandList());
            operands.set(0, where(condition, text));
            operands.replaceAll(operand -> operand instanceof SqlNodeList orders
                    ? new SqlNodeList(
                            orders.stream()
                                    .map(order -> ordered(order, text, condition))
                                    .toList(),
                            orders.getParserPosition())
                    : operand);
            return aggregate
                    .getOperator()
                    .createCall(aggregate.getFunctionQuantifier(), filter.getParserPosition(), operands);
        }
        return filter;
    }

    private static SqlNode order(SqlNode order) {
        return order instanceof SqlCall call && ORDERS.contains(call.getKind()) ? order(call.operand(0)) : order;
    }

    /** The order, by the value only where the condition is true. */
    private static SqlNode ordered(SqlNode order, SqlNode value, SqlNode condition) {
        if (order instanceof SqlCall call && ORDERS.contains(call.getKind())) {
            return call.getOperator().createCall(call.getParserPosition(), ordered(call.operand(0), value, condition));
        }
        return order.equalsDeep(value, Litmus.IGNORE) ? where(condition, order) : order;
    }

    /** The value where the condition is true, else null, which no aggregate counts. */
    private static SqlNode where(SqlNode condition, SqlNode value) {
        SqlParserPos position = value.getParserPosition();
        return new SqlCase(
                position, null, SqlNodeList.of(condition), SqlNodeList.of(value), SqlLiteral.createNull(position));
    }
}
