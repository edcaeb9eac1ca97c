package io.weir.kit.sql;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeSystemImpl;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/** The types of results where PostgreSQL's differ from Calcite's: sums grow, averages of integers have digits, text is not padded. */
final class PostgresTypeSystem extends RelDataTypeSystemImpl {

    static final PostgresTypeSystem INSTANCE = new PostgresTypeSystem();

    /** PostgreSQL's numeric has no bound; ours ends here, as Avro's and DuckDB's do. */
    static final int MAX_DIGITS = 38;

    /** As in {@code INTERVAL '1000' DAY}, where the standard takes two digits. */
    static final int INTERVAL_DIGITS = 9;

    private static final int AVERAGE_SCALE = 16;

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
            int scale = Math.max(AVERAGE_SCALE, Math.max(0, argument.getScale()));
            average = factory.createSqlType(SqlTypeName.DECIMAL, MAX_DIGITS, scale);
        } else if (SqlTypeUtil.isApproximateNumeric(argument)) {
            average = factory.createSqlType(SqlTypeName.DOUBLE);
        } else {
            average = argument;
        }
        return factory.createTypeWithNullability(average, argument.isNullable());
    }
}
