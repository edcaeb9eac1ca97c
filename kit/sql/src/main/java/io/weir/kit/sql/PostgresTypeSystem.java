package io.weir.kit.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** The types of results where PostgreSQL's differ from Calcite's: sums grow, quotients and averages have digits, text is not padded. */
final class PostgresTypeSystem extends RelDataTypeSystemImpl {

    static final PostgresTypeSystem INSTANCE = new PostgresTypeSystem();

    /** PostgreSQL's numeric has no bound; ours ends here, as Avro's and DuckDB's do. */
    static final int MAX_DIGITS = 38;

    /** As in {@code INTERVAL '1000' DAY}, where the standard takes two digits. */
    static final int INTERVAL_DIGITS = 9;

    /** Of a quotient or an average, at least; so much is exact of a product that has no place for all its digits. */
    private static final int FRACTION_DIGITS = 16;

    private PostgresTypeSystem() {}

    @Override
    public int getMaxPrecision(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? MAX_DIGITS : super.getMaxPrecision(type);
    }

    @Override
    public int getMaxScale(SqlTypeName type) {
        return type == SqlTypeName.DECIMAL ? MAX_DIGITS : super.getMaxScale(type);
    }

    @Override
    public int getDefaultPrecision(SqlTypeName type) {
        return switch (type) {
            case DECIMAL -> MAX_DIGITS;
            case TIME, TIMESTAMP, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Types.TIME_DIGITS;
            default -> SqlTypeName.INTERVAL_TYPES.contains(type) ? INTERVAL_DIGITS : super.getDefaultPrecision(type);
        };
    }

    @Override
    public java.math.RoundingMode roundingMode() {
        return java.math.RoundingMode.HALF_UP;
    }

    @Override
    public boolean shouldConvertRaggedUnionTypesToVarying() {
        return true;
    }

    @Override
    public RelDataType deriveSumType(RelDataTypeFactory factory, RelDataType argument) {
        RelDataType sum =
                switch (argument.getSqlTypeName()) {
                    case TINYINT, SMALLINT, INTEGER -> factory.createSqlType(SqlTypeName.BIGINT);
                    case BIGINT -> factory.createSqlType(SqlTypeName.DECIMAL, MAX_DIGITS, 0);
                    case DECIMAL -> factory.createSqlType(SqlTypeName.DECIMAL, MAX_DIGITS, argument.getScale());
                    default -> argument;
                };
        return factory.createTypeWithNullability(sum, argument.isNullable());
    }

    @Override
    public RelDataType deriveAvgAggType(RelDataTypeFactory factory, RelDataType argument) {
        RelDataType average;
        if (SqlTypeUtil.isExactNumeric(argument)) {
            int scale = Math.max(FRACTION_DIGITS, Math.max(0, argument.getScale()));
            average = factory.createSqlType(SqlTypeName.DECIMAL, MAX_DIGITS, scale);
        } else if (SqlTypeUtil.isApproximateNumeric(argument)) {
            average = factory.createSqlType(SqlTypeName.DOUBLE);
        } else {
            average = argument;
        }
        return factory.createTypeWithNullability(average, argument.isNullable());
    }

    /** PostgreSQL's has 16 significant digits or more. */
    @Override
    public @Nullable RelDataType deriveDecimalDivideType(
            RelDataTypeFactory factory, RelDataType dividend, RelDataType divisor) {
        RelDataType standard = super.deriveDecimalDivideType(factory, dividend, divisor);
        if (standard == null) {
            return null;
        }
        int scale = Math.max(FRACTION_DIGITS, Math.max(scale(dividend), scale(divisor)));
        return decimal(scale, standard.isNullable(), factory);
    }

    @Override
    public @Nullable RelDataType deriveDecimalMultiplyType(
            RelDataTypeFactory factory, RelDataType left, RelDataType right) {
        RelDataType standard = super.deriveDecimalMultiplyType(factory, left, right);
        int most = Math.max(FRACTION_DIGITS, Math.max(scale(left), scale(right)));
        return standard == null || standard.getPrecision() < MAX_DIGITS || standard.getScale() <= most
                ? standard
                : decimal(most, standard.isNullable(), factory);
    }

    private static int scale(RelDataType type) {
        return Math.max(0, type.getScale());
    }

    private static RelDataType decimal(int scale, boolean nullable, RelDataTypeFactory factory) {
        return factory.createTypeWithNullability(
                factory.createSqlType(SqlTypeName.DECIMAL, MAX_DIGITS, scale), nullable);
    }
}
