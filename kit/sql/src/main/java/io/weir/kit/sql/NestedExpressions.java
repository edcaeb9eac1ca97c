package io.weir.kit.sql;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.function.Nested;
import java.math.BigDecimal;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.jspecify.annotations.Nullable;

/** Comparisons and casts of records, arrays and maps, of which Calcite compiles only some, and those with other nulls, as calls of {@link Nested}. */
final class NestedExpressions extends RexShuttle {

    private static final SqlFunction EQUAL = function("equal");
    private static final SqlFunction SAME = function("same");
    private static final SqlFunction LESS = function("less");
    private static final SqlFunction NULLS = function("nulls");
    private static final SqlFunction QUANTIFIED = function("quantified");

    private final RexBuilder rexBuilder;

    NestedExpressions(RexBuilder rexBuilder) {
        this.rexBuilder = rexBuilder;
    }

    /** Keeps IS DISTINCT FROM of two records in one piece; null for other calls. Calcite would take one field that is equal for all. */
    static @Nullable SqlRexConvertlet convertlet(SqlCall call) {
        if (call.getKind() != SqlKind.IS_DISTINCT_FROM && call.getKind() != SqlKind.IS_NOT_DISTINCT_FROM) {
            return null;
        }
        return (context, distinct) -> {
            RexBuilder builder = context.getRexBuilder();
            RexNode a = context.convertExpression(distinct.operand(0));
            if (!a.getType().isStruct()) {
                return DateArithmetic.CONVERTLETS.get(distinct).convertCall(context, distinct);
            }
            RexNode same = builder.makeCall(
                    distinct.getParserPosition(),
                    SqlStdOperatorTable.IS_NOT_DISTINCT_FROM,
                    List.of(a, context.convertExpression(distinct.operand(1))));
            return distinct.getKind() == SqlKind.IS_DISTINCT_FROM
                    ? builder.makeCall(distinct.getParserPosition(), SqlStdOperatorTable.NOT, List.of(same))
                    : same;
        };
    }

    @Override
    public RexNode visitCall(RexCall call) {
        if (!(super.visitCall(call) instanceof RexCall visited)) {
            throw new IllegalStateException("a call stays a call: " + call);
        }
        List<RexNode> operands = visited.getOperands();
        if (visited.getKind() == SqlKind.ROW) {
            return row(visited);
        }
        if (visited.getOperator() instanceof SqlQuantifyOperator quantifier
                && operands.getLast().getType().getSqlTypeName() == SqlTypeName.ARRAY) {
            return rexBuilder.makeCall(
                    call.getParserPosition(),
                    call.getType(),
                    QUANTIFIED,
                    List.of(
                            rexBuilder.makeLiteral(quantifier.comparisonKind.sql),
                            rexBuilder.makeLiteral(quantifier.kind == SqlKind.ALL),
                            operands.getFirst(),
                            operands.getLast()));
        }
        if (operands.isEmpty() || !isNested(operands.getFirst())) {
            return visited;
        }
        SqlParserPos position = call.getParserPosition();
        return switch (visited.getKind()) {
            case EQUALS -> rexBuilder.makeCall(position, call.getType(), EQUAL, operands);
            case NOT_EQUALS -> not(position, rexBuilder.makeCall(position, call.getType(), EQUAL, operands));
            case IS_NOT_DISTINCT_FROM -> rexBuilder.makeCall(position, call.getType(), SAME, operands);
            case IS_DISTINCT_FROM -> not(position, rexBuilder.makeCall(position, call.getType(), SAME, operands));
            case LESS_THAN -> rexBuilder.makeCall(position, call.getType(), LESS, operands);
            case GREATER_THAN -> rexBuilder.makeCall(position, call.getType(), LESS, operands.reversed());
            case LESS_THAN_OR_EQUAL ->
                not(position, rexBuilder.makeCall(position, call.getType(), LESS, operands.reversed()));
            case GREATER_THAN_OR_EQUAL -> not(position, rexBuilder.makeCall(position, call.getType(), LESS, operands));
            case CAST -> cast(visited, operands.getFirst());
            default -> visited;
        };
    }

    /** A record of nulls is one, too; Calcite makes null of it. */
    private RexNode row(RexCall row) {
        if (!row.getOperands().stream().allMatch(field -> field.getType().isNullable())) {
            return row;
        }
        SqlParserPos position = row.getParserPosition();
        RexNode nulls = RexUtil.composeConjunction(
                rexBuilder,
                row.getOperands().stream()
                        .map(field -> rexBuilder.makeCall(position, SqlStdOperatorTable.IS_NULL, List.of(field)))
                        .toList());
        RexNode none = rexBuilder.makeCall(
                position,
                row.getType(),
                NULLS,
                List.of(integer(row.getOperands().size())));
        return rexBuilder.makeCall(position, row.getType(), SqlStdOperatorTable.CASE, List.of(nulls, none, row));
    }

    private RexNode integer(int value) {
        return rexBuilder.makeExactLiteral(
                BigDecimal.valueOf(value), rexBuilder.getTypeFactory().createSqlType(SqlTypeName.INTEGER));
    }

    private RexNode not(SqlParserPos position, RexNode condition) {
        return rexBuilder.makeCall(position, SqlStdOperatorTable.NOT, List.of(condition));
    }

    private RexNode cast(RexCall call, RexNode from) {
        DataType given = Types.fromCalcite(from.getType()).orElse(null);
        DataType wanted = Types.fromCalcite(call.getType()).orElse(null);
        if (given == null || wanted == null || Types.isHeldAlike(given, wanted)) {
            return from;
        }
        if (given instanceof DataType.Array(DataType element)
                && element.isNumeric()
                && wanted instanceof DataType.Array(DataType other)) {
            boolean exact = !(element instanceof DataType.DoublePrecision || element instanceof DataType.Real);
            switch (other) {
                case DataType.BigInt _
                when exact -> {
                    return numbers(call, "toBigints", from);
                }
                case DataType.Int _
                when exact -> {
                    return numbers(call, "toInts", from);
                }
                case DataType.Varchar _
                when exact -> {
                    return numbers(call, "toTexts", from);
                }
                case DataType.Decimal(int _, int scale)
                when exact -> {
                    return numbers(call, "toDecimals", from, integer(scale));
                }
                case DataType.DoublePrecision _ -> {
                    return numbers(call, "toDoubles", from);
                }
                default -> {}
            }
        }
        throw new Refusal(
                call.getParserPosition(),
                "%s is not cast to %s; take it apart, cast the parts, and put them together with ROW, ARRAY or ARRAY_AGG"
                        .formatted(Types.sql(given), Types.sql(wanted)));
    }

    private RexNode numbers(RexCall call, String method, RexNode... operands) {
        return rexBuilder.makeCall(call.getParserPosition(), call.getType(), function(method), List.of(operands));
    }

    private static boolean isNested(RexNode node) {
        RelDataType type = node.getType();
        return type.isStruct()
                || type.getSqlTypeName() == SqlTypeName.ARRAY
                || type.getSqlTypeName() == SqlTypeName.MAP;
    }

    private static SqlFunction function(String method) {
        return new SqlUserDefinedFunction(
                new SqlIdentifier(method, SqlParserPos.ZERO),
                SqlKind.OTHER_FUNCTION,
                ReturnTypes.BOOLEAN_NULLABLE,
                null,
                null,
                ScalarFunctionImpl.create(Nested.class, method));
    }
}
