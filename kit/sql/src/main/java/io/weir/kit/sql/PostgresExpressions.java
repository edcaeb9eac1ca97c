package io.weir.kit.sql;

import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;

/** Rewrites the expressions of a query that Calcite computes otherwise than PostgreSQL. */
final class PostgresExpressions extends RelHomogeneousShuttle {

    private static final SqlFunction DIVIDE = function("float_divide", "divide");
    private static final SqlFunction ROUND = function("float_round", "round");

    private final RexBuilder rexBuilder;
    private final RexShuttle rewriting = new RexShuttle() {
        @Override
        public RexNode visitCall(RexCall call) {
            RexCall visited = (RexCall) super.visitCall(call);
            return rewritten(visited);
        }
    };

    PostgresExpressions(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    @Override
    public RelNode visit(RelNode other) {
        return super.visit(other).accept(rewriting);
    }

    private RexNode rewritten(RexCall call) {
        if (call.getKind() == SqlKind.DIVIDE && SqlTypeUtil.isApproximateNumeric(call.getType())) {
            return as(
                    call.getType(),
                    call.getParserPosition(),
                    call(
                            DIVIDE,
                            call,
                            call.getOperands().get(0),
                            call.getOperands().get(1)));
        }
        if (call.getKind() == SqlKind.CAST && call.getOperands().size() == 1) {
            RexNode from = call.getOperands().getFirst();
            if (SqlTypeUtil.isApproximateNumeric(from.getType()) && SqlTypeUtil.isIntType(call.getType())) {
                return as(call.getType(), call.getParserPosition(), call(ROUND, call, from));
            }
            if (from.getType().getSqlTypeName() == SqlTypeName.BOOLEAN && SqlTypeUtil.inCharFamily(call.getType())) {
                return rexBuilder.makeCall(
                        call.getParserPosition(),
                        call.getType(),
                        SqlStdOperatorTable.CASE,
                        List.of(
                                rexBuilder.makeCall(
                                        call.getParserPosition(), SqlStdOperatorTable.IS_TRUE, List.of(from)),
                                text("true", call.getType()),
                                rexBuilder.makeCall(
                                        call.getParserPosition(), SqlStdOperatorTable.IS_FALSE, List.of(from)),
                                text("false", call.getType()),
                                from.getType().isNullable()
                                        ? rexBuilder.makeNullLiteral(call.getType())
                                        : text("false", call.getType())));
            }
        }
        return call;
    }

    private RexNode text(String value, RelDataType type) {
        return rexBuilder.makeLiteral(value, type, true);
    }

    private RexNode call(SqlFunction function, RexCall original, RexNode... operands) {
        List<RexNode> doubles = java.util.Arrays.stream(operands)
                .map(operand -> as(
                        rexBuilder
                                .getTypeFactory()
                                .createTypeWithNullability(
                                        rexBuilder.getTypeFactory().createSqlType(SqlTypeName.DOUBLE),
                                        operand.getType().isNullable()),
                        original.getParserPosition(),
                        operand))
                .toList();
        return rexBuilder.makeCall(original.getParserPosition(), function, doubles);
    }

    private RexNode as(RelDataType type, SqlParserPos position, RexNode expression) {
        return expression.getType().equals(type)
                ? expression
                : rexBuilder.makeAbstractCast(position, type, expression, false);
    }

    private static SqlFunction function(String name, String method) {
        return new SqlUserDefinedFunction(
                new SqlIdentifier(name, SqlParserPos.ZERO),
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.DOUBLE_NULLABLE,
                null,
                null,
                ScalarFunctionImpl.create(PostgresFunctions.class, method));
    }
}
