package io.weir.kit.sql;

import io.weir.kit.sql.function.Times;
import java.util.List;
import java.util.Map;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlMonotonicBinaryOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.jspecify.annotations.Nullable;

/**
 * {@code +} and {@code -} as PostgreSQL has them for dates: a date and a number of days, days between dates, the interval between timestamps, and a date and an
 * interval, which is a timestamp. For all other operands they are Calcite's.
 */
final class DateArithmetic {

    private static final SqlBinaryOperator PLUS = operator(SqlStdOperatorTable.PLUS);
    private static final SqlBinaryOperator MINUS = operator(SqlStdOperatorTable.MINUS);

    /** The operators by name, instead of Calcite's. */
    static final Map<String, SqlOperator> NAMES = Map.of("+", PLUS, "-", MINUS);

    /** Calcite's conversions, and those of these operators. */
    static final SqlRexConvertletTable CONVERTLETS = new SqlRexConvertletTable() {
        @Override
        public @Nullable SqlRexConvertlet get(SqlCall call) {
            return call.getOperator().equals(PLUS) || call.getOperator().equals(MINUS)
                    ? DateArithmetic::convert
                    : StandardConvertletTable.INSTANCE.get(call);
        }
    };

    private static final PostgresFunction PLUS_DAYS =
            PostgresFunction.of("plus_days", Times.class, "plusDays(date, int) date");
    private static final PostgresFunction MINUS_DAYS =
            PostgresFunction.of("minus_days", Times.class, "minusDays(date, int) date");
    private static final PostgresFunction DAYS_BETWEEN =
            PostgresFunction.of("days_between", Times.class, "daysBetween(date, date) int");

    private DateArithmetic() {}

    private static SqlBinaryOperator operator(SqlBinaryOperator standard) {
        return new SqlMonotonicBinaryOperator(
                standard.getName(),
                standard.getKind(),
                standard.getLeftPrec() & ~1,
                true,
                binding -> {
                    RelDataType own = type(
                            standard, binding.getOperandType(0), binding.getOperandType(1), binding.getTypeFactory());
                    return own != null
                            ? own
                            : java.util.Objects.requireNonNull(standard.getReturnTypeInference())
                                    .inferReturnType(binding);
                },
                InferTypes.FIRST_KNOWN,
                new Operands(standard));
    }

    /** Null where the operator is Calcite's. */
    private static @Nullable RelDataType type(
            SqlOperator operator, RelDataType left, RelDataType right, RelDataTypeFactory factory) {
        RelDataType plain = null;
        boolean minus = operator.getName().equals("-");
        if (isDate(left) && isInteger(right)) {
            plain = factory.createSqlType(SqlTypeName.DATE);
        } else if (isInteger(left) && isDate(right) && !minus) {
            plain = factory.createSqlType(SqlTypeName.DATE);
        } else if (isDate(left) && isDate(right) && minus) {
            plain = factory.createSqlType(SqlTypeName.INTEGER);
        } else if (SqlTypeUtil.isDatetime(left)
                && SqlTypeUtil.isDatetime(right)
                && minus
                && !isTime(left)
                && !isTime(right)) {
            plain = factory.createSqlIntervalType(SPAN);
        } else if ((isDate(left) && SqlTypeUtil.isInterval(right))
                || (isDate(right) && SqlTypeUtil.isInterval(left) && !minus)) {
            plain = factory.createSqlType(SqlTypeName.TIMESTAMP, Types.TIME_DIGITS);
        } else if (isInstant(left) && SqlTypeUtil.isInterval(right)) {
            plain = left;
        } else if (isInstant(right) && SqlTypeUtil.isInterval(left) && !minus) {
            plain = right;
        }
        return plain == null ? null : factory.createTypeWithNullability(plain, left.isNullable() || right.isNullable());
    }

    private static final SqlIntervalQualifier SPAN = new SqlIntervalQualifier(
            TimeUnit.DAY, PostgresTypeSystem.INTERVAL_DIGITS, TimeUnit.SECOND, Types.TIME_DIGITS, SqlParserPos.ZERO);

    private static boolean isDate(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.DATE;
    }

    private static boolean isTime(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.TIME;
    }

    private static boolean isInstant(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE;
    }

    private static boolean isInteger(RelDataType type) {
        return type.getSqlTypeName() == SqlTypeName.INTEGER;
    }

    private static RexNode convert(SqlRexContext context, SqlCall call) {
        SqlOperator standard = call.getOperator().equals(PLUS) ? SqlStdOperatorTable.PLUS : SqlStdOperatorTable.MINUS;
        RexBuilder rex = context.getRexBuilder();
        RexNode left = context.convertExpression(call.operand(0));
        RexNode right = context.convertExpression(call.operand(1));
        SqlParserPos position = call.getParserPosition();
        RelDataType type = type(standard, left.getType(), right.getType(), context.getTypeFactory());
        if (type == null) {
            SqlCall plain = new SqlBasicCall(standard, call.getOperandList(), position);
            context.getValidator()
                    .setValidatedNodeType(plain, context.getValidator().getValidatedNodeType(call));
            return java.util.Objects.requireNonNull(StandardConvertletTable.INSTANCE.get(plain))
                    .convertCall(context, plain);
        }
        return switch (type.getSqlTypeName()) {
            case DATE ->
                standard.equals(SqlStdOperatorTable.MINUS)
                        ? rex.makeCall(position, MINUS_DAYS, List.of(left, right))
                        : rex.makeCall(
                                position,
                                PLUS_DAYS,
                                isDate(left.getType()) ? List.of(left, right) : List.of(right, left));
            case INTEGER -> rex.makeCall(position, DAYS_BETWEEN, List.of(left, right));
            case TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> {
                boolean timeFirst = !SqlTypeUtil.isInterval(left.getType());
                RexNode time = timestamp(rex, timeFirst ? left : right);
                RexNode moved = rex.makeCall(
                        position,
                        context.getTypeFactory().createTypeWithNullability(time.getType(), type.isNullable()),
                        standard.equals(SqlStdOperatorTable.MINUS)
                                ? SqlStdOperatorTable.MINUS_DATE
                                : SqlStdOperatorTable.DATETIME_PLUS,
                        List.of(time, timeFirst ? right : left));
                yield isInstant(type) ? rex.makeCast(type, moved) : moved;
            }
            default ->
                rex.makeCall(
                        position,
                        type,
                        SqlStdOperatorTable.MINUS_DATE,
                        List.of(timestamp(rex, left), timestamp(rex, right)));
        };
    }

    private static RexNode timestamp(RexBuilder rex, RexNode value) {
        RelDataType type = rex.getTypeFactory().createSqlType(SqlTypeName.TIMESTAMP, Types.TIME_DIGITS);
        return rex.makeCast(
                rex.getTypeFactory()
                        .createTypeWithNullability(type, value.getType().isNullable()),
                value);
    }

    private record Operands(SqlBinaryOperator standard) implements SqlOperandTypeChecker {
        @Override
        public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
            return isOwn(binding) || checker().checkOperandTypes(binding, throwOnFailure);
        }

        private boolean isOwn(SqlOperatorBinding binding) {
            return type(standard, binding.getOperandType(0), binding.getOperandType(1), binding.getTypeFactory())
                    != null;
        }

        private SqlOperandTypeChecker checker() {
            return java.util.Objects.requireNonNull(standard.getOperandTypeChecker());
        }

        @Override
        public SqlOperandCountRange getOperandCountRange() {
            return checker().getOperandCountRange();
        }

        @Override
        public String getAllowedSignatures(SqlOperator operator, String name) {
            return checker().getAllowedSignatures(operator, name);
        }
    }
}
