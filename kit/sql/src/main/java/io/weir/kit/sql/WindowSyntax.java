package io.weir.kit.sql;

import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.fun.SqlAvgAggFunction;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.jspecify.annotations.Nullable;

/** What Calcite does otherwise than PostgreSQL with functions before OVER. */
final class WindowSyntax extends SqlShuttle {

    /** Leaves averages as they are: Calcite would divide a sum, with other digits. */
    static final SqlRexConvertletTable CONVERTLETS = WindowSyntax::convertlet;

    private WindowSyntax() {}

    /** With FILTER before OVER, which Calcite does not know, as a CASE of the argument. */
    static SqlNode withoutFilters(SqlNode query) {
        SqlNode rewritten = query.accept(new WindowSyntax());
        return rewritten == null ? query : rewritten;
    }

    private static @Nullable SqlRexConvertlet convertlet(SqlCall call) {
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

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
        SqlNode visited = super.visit(call);
        if (visited instanceof SqlCall over
                && over.getKind() == SqlKind.OVER
                && over.operand(0) instanceof SqlCall filter
                && filter.getKind() == SqlKind.FILTER
                && filter.operand(0) instanceof SqlCall aggregate
                && aggregate.operandCount() == 1) {
            SqlParserPos position = aggregate.getParserPosition();
            SqlNode argument = aggregate.operand(0);
            boolean star = argument instanceof SqlIdentifier identifier && identifier.isStar();
            SqlCase filtered = new SqlCase(
                    position,
                    null,
                    SqlNodeList.of(filter.operand(1)),
                    SqlNodeList.of(star ? SqlLiteral.createExactNumeric("1", position) : argument),
                    SqlLiteral.createNull(position));
            SqlCall counted =
                    aggregate.getOperator().createCall(aggregate.getFunctionQuantifier(), position, List.of(filtered));
            return over.getOperator().createCall(over.getParserPosition(), counted, over.operand(1));
        }
        return visited;
    }
}
