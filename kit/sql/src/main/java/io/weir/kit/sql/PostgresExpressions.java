package io.weir.kit.sql;

import io.weir.kit.sql.function.Casts;
import io.weir.kit.sql.function.Jsons;
import io.weir.kit.sql.function.Numbers;
import io.weir.kit.sql.function.Patterns;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.schema.impl.ScalarFunctionImpl;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlPosixRegexOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlUserDefinedFunction;
import org.jspecify.annotations.Nullable;

/** Rewrites the expressions of a query that Calcite computes otherwise than PostgreSQL, and has our functions implement themselves. */
final class PostgresExpressions extends RelHomogeneousShuttle {

    private static final SqlFunction DIVIDE = function("float_divide", "divide");
    private static final SqlFunction ROUND = function("float_round", "round");

    private static final PostgresFunction LIKE =
            PostgresFunction.of("like", Patterns.class, "like(text, text) boolean", "like(text, text, text) boolean");
    private static final PostgresFunction ILIKE = PostgresFunction.of(
            "ilike", Patterns.class, "ilike(text, text) boolean", "ilike(text, text, text) boolean");
    private static final PostgresFunction SIMILAR = PostgresFunction.of(
            "similar_to", Patterns.class, "similar(text, text) boolean", "similar(text, text, text) boolean");
    private static final PostgresFunction REGEX =
            PostgresFunction.of("regexp", Patterns.class, "regexpLike(text, text) boolean");
    private static final PostgresFunction REGEX_ANY_CASE =
            PostgresFunction.of("regexp_any_case", Patterns.class, "regexpLikeAnyCase(text, text) boolean");

    private static final PostgresFunction TO_TEXT = PostgresFunction.of(
                    "to_text",
                    Casts.class,
                    "timeToText(time) text",
                    "timestampToText(timestamp) text",
                    "timestamptzToText(timestamptz) text",
                    "bytesToText(bytes) text")
            .or(Casts.class, "doubleToText(double) text");
    private static final PostgresFunction TO_BOOLEAN =
            PostgresFunction.of("to_boolean", Casts.class, "textToBoolean(text) boolean");
    private static final PostgresFunction QUOTIENT =
            PostgresFunction.of("quotient", Numbers.class, "quotient(decimal, decimal, int) decimal");
    private static final PostgresFunction TO_DATE =
            PostgresFunction.of("to_date", Casts.class, "textToDate(text) date");
    private static final PostgresFunction TO_TIME =
            PostgresFunction.of("to_time", Casts.class, "textToTime(text) time");
    private static final PostgresFunction TO_TIMESTAMP =
            PostgresFunction.of("to_timestamp", Casts.class, "textToTimestamp(text) timestamp");
    static final PostgresFunction TO_TIMESTAMPTZ = PostgresFunction.of(
            "to_timestamptz",
            Casts.class,
            "textToTimestamptz(text) timestamptz",
            "sameTimestamp(timestamp) timestamptz");
    private static final PostgresFunction TO_BYTES =
            PostgresFunction.of("to_bytes", Casts.class, "textToBytes(text) bytes");
    private static final PostgresFunction TIDY = PostgresFunction.of("json_tidy", Jsons.class, "tidy(text) text?");

    private final RexBuilder rexBuilder;
    private final RexShuttle rewriting = new RexShuttle() {
        @Override
        public RexNode visitCall(RexCall call) {
            RexNode visited = super.visitCall(call);
            return visited instanceof RexCall visitedCall ? rewritten(visitedCall) : visited;
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
        SqlOperator operator = call.getOperator();
        SqlParserPos position = call.getParserPosition();
        return switch (operator) {
            case PostgresFunction function -> implemented(function, call.getType(), position, call.getOperands());
            case SqlLikeOperator like -> {
                PostgresFunction function =
                        like.getKind() == SqlKind.SIMILAR ? SIMILAR : like.isCaseSensitive() ? LIKE : ILIKE;
                yield negated(like.isNegated(), implemented(function, call.getType(), position, call.getOperands()));
            }
            case SqlPosixRegexOperator regex ->
                negated(
                        regex.isNegated(),
                        implemented(
                                regex.isCaseSensitive() ? REGEX : REGEX_ANY_CASE,
                                call.getType(),
                                position,
                                call.getOperands().subList(0, 2)));
            default -> standard(call);
        };
    }

    private RexNode standard(RexCall call) {
        RelDataType type = call.getType();
        SqlParserPos position = call.getParserPosition();
        return switch (call.getKind()) {
            case DIVIDE ->
                SqlTypeUtil.isApproximateNumeric(type)
                        ? as(
                                type,
                                position,
                                call(
                                        DIVIDE,
                                        call,
                                        call.getOperands().get(0),
                                        call.getOperands().get(1)))
                        : SqlTypeUtil.isDecimal(type) ? quotient(call) : call;
            case CAST ->
                call.getOperands().size() == 1 ? cast(call, call.getOperands().getFirst()) : call;
            default ->
                switch (call.getOperator().getName()) {
                    case "ROUND" ->
                        call.getOperands().size() == 1 && SqlTypeUtil.isApproximateNumeric(type)
                                ? as(
                                        type,
                                        position,
                                        call(ROUND, call, call.getOperands().getFirst()))
                                : call;
                    case "CONCAT", "CONCAT_WS" -> concat(call);
                    case "JSON_QUERY" -> implemented(TIDY, type, position, List.of(call));
                    default -> call;
                };
        };
    }

    /** With all digits of its type: Calcite's has 16 in all. */
    private RexNode quotient(RexCall call) {
        RelDataTypeFactory types = rexBuilder.getTypeFactory();
        List<RexNode> operands = new ArrayList<>(call.getOperands());
        operands.add(rexBuilder.makeLiteral(
                BigDecimal.valueOf(call.getType().getScale()), types.createSqlType(SqlTypeName.INTEGER), false));
        List<RelDataType> given = operands.stream().map(RexNode::getType).toList();
        PostgresFunction.Signature signature = QUOTIENT.signature(given);
        for (int i = 0; i < operands.size(); i++) {
            operands.set(
                    i, as(signature.operandType(i, given.get(i), types), call.getParserPosition(), operands.get(i)));
        }
        return rexBuilder.makeCall(call.getParserPosition(), call.getType(), signature.implementation(), operands);
    }

    private RexNode cast(RexCall call, RexNode from) {
        RelDataType type = call.getType();
        if (SqlTypeUtil.isApproximateNumeric(from.getType()) && SqlTypeUtil.isIntType(type)) {
            return as(type, call.getParserPosition(), call(ROUND, call, from));
        }
        if (from.getType().getSqlTypeName() == SqlTypeName.BOOLEAN && SqlTypeUtil.inCharFamily(type)) {
            return words(from, call.getParserPosition(), type, "true", "false");
        }
        if (from.getType().getSqlTypeName() == SqlTypeName.BOOLEAN && SqlTypeUtil.isIntType(type)) {
            return chosen(from, call.getParserPosition(), type, integer(1, type), integer(0, type));
        }
        if (type.getSqlTypeName() == SqlTypeName.BOOLEAN && SqlTypeUtil.isIntType(from.getType())) {
            return rexBuilder.makeCall(
                    call.getParserPosition(),
                    type,
                    SqlStdOperatorTable.NOT_EQUALS,
                    List.of(from, integer(0, from.getType())));
        }
        PostgresFunction function = caster(from.getType(), type);
        return function == null ? call : implemented(function, type, call.getParserPosition(), List.of(from));
    }

    /** Null where Calcite's cast does. */
    private static @Nullable PostgresFunction caster(RelDataType from, RelDataType to) {
        SqlTypeName given = from.getSqlTypeName();
        if (SqlTypeUtil.inCharFamily(to)) {
            return switch (given) {
                case REAL, FLOAT, DOUBLE, TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE, BINARY, VARBINARY -> TO_TEXT;
                default -> null;
            };
        }
        if (!SqlTypeUtil.inCharFamily(from)) {
            return given == SqlTypeName.TIMESTAMP && to.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE
                    ? TO_TIMESTAMPTZ
                    : null;
        }
        return switch (to.getSqlTypeName()) {
            case BOOLEAN -> TO_BOOLEAN;
            case DATE -> TO_DATE;
            case TIME -> TO_TIME;
            case TIMESTAMP -> TO_TIMESTAMP;
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> TO_TIMESTAMPTZ;
            case BINARY, VARBINARY -> TO_BYTES;
            default -> null;
        };
    }

    /** Operands that are no text, as PostgreSQL writes them. */
    private RexNode concat(RexCall call) {
        RelDataTypeFactory types = rexBuilder.getTypeFactory();
        List<RexNode> texts = call.getOperands().stream()
                .map(operand -> {
                    RelDataType text = types.createTypeWithNullability(
                            types.createSqlType(SqlTypeName.VARCHAR),
                            operand.getType().isNullable());
                    RexNode plain = uncast(operand);
                    return plain.getType().getSqlTypeName() == SqlTypeName.BOOLEAN
                            ? words(plain, call.getParserPosition(), text, "t", "f")
                            : SqlTypeUtil.inCharFamily(operand.getType())
                                    ? operand
                                    : rewriting.apply(rexBuilder.makeAbstractCast(
                                            call.getParserPosition(), text, operand, false));
                })
                .toList();
        return call.clone(call.getType(), texts);
    }

    /** What the validator, or the rewriting of its cast, made a text of. */
    private static RexNode uncast(RexNode operand) {
        return operand instanceof RexCall call
                        && call.getKind() == SqlKind.CASE
                        && call.getOperands().getFirst() instanceof RexCall test
                        && test.getKind() == SqlKind.IS_TRUE
                ? test.getOperands().getFirst()
                : operand;
    }

    private RexNode words(RexNode truth, SqlParserPos position, RelDataType type, String yes, String no) {
        return chosen(truth, position, type, text(yes, type), text(no, type));
    }

    private RexNode chosen(RexNode truth, SqlParserPos position, RelDataType type, RexNode yes, RexNode no) {
        return rexBuilder.makeCall(
                position,
                type,
                SqlStdOperatorTable.CASE,
                List.of(
                        rexBuilder.makeCall(position, SqlStdOperatorTable.IS_TRUE, List.of(truth)),
                        yes,
                        rexBuilder.makeCall(position, SqlStdOperatorTable.IS_FALSE, List.of(truth)),
                        no,
                        truth.getType().isNullable() ? rexBuilder.makeNullLiteral(type) : no));
    }

    private RexNode integer(long value, RelDataType type) {
        return rexBuilder.makeLiteral(BigDecimal.valueOf(value), type, false);
    }

    private RexNode text(String value, RelDataType type) {
        return rexBuilder.makeLiteral(value, type, true);
    }

    private RexNode negated(boolean negated, RexNode condition) {
        return negated
                ? rexBuilder.makeCall(
                        ((RexCall) condition).getParserPosition(), SqlStdOperatorTable.NOT, List.of(condition))
                : condition;
    }

    /** A call of the method behind the function, whose operands have the method's types. */
    private RexNode implemented(
            PostgresFunction function, RelDataType type, SqlParserPos position, List<RexNode> operands) {
        List<RelDataType> given = operands.stream().map(RexNode::getType).toList();
        PostgresFunction.Signature signature = function.signature(given);
        RelDataTypeFactory types = rexBuilder.getTypeFactory();
        RexNode[] converted = new RexNode[operands.size()];
        for (int i = 0; i < converted.length; i++) {
            RelDataType wanted = signature.operandType(i, given.get(i), types);
            converted[i] = SqlTypeUtil.inCharFamily(wanted) && SqlTypeUtil.inCharFamily(given.get(i))
                    ? operands.get(i)
                    : as(wanted, position, operands.get(i));
        }
        return as(
                type,
                position,
                rexBuilder.makeCall(
                        position, signature.returnType(given, types), signature.implementation(), List.of(converted)));
    }

    private RexNode call(SqlFunction function, RexCall original, RexNode... operands) {
        List<RexNode> doubles = Arrays.stream(operands)
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
        return function(name, method, ReturnTypes.DOUBLE_NULLABLE);
    }

    /** A method of {@link PostgresFunctions} as a function of SQL. */
    static SqlFunction function(String name, String method, SqlReturnTypeInference type) {
        return new SqlUserDefinedFunction(
                new SqlIdentifier(name, SqlParserPos.ZERO),
                SqlKind.OTHER_FUNCTION,
                type,
                null,
                null,
                ScalarFunctionImpl.create(PostgresFunctions.class, method));
    }
}
