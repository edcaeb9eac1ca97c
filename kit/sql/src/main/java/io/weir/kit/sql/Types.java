package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rel.type.StructKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/** The types of contracts as Calcite's and back. */
final class Types {

    /** Calcite keeps times as milliseconds. */
    static final int TIME_DIGITS = 3;

    private Types() {}

    static RelDataType toCalcite(DataType type, boolean nullable, RelDataTypeFactory factory) {
        RelDataType plain =
                switch (type) {
                    case DataType.Bool _ -> factory.createSqlType(SqlTypeName.BOOLEAN);
                    case DataType.Int _ -> factory.createSqlType(SqlTypeName.INTEGER);
                    case DataType.BigInt _ -> factory.createSqlType(SqlTypeName.BIGINT);
                    case DataType.Real _ -> factory.createSqlType(SqlTypeName.REAL);
                    case DataType.DoublePrecision _ -> factory.createSqlType(SqlTypeName.DOUBLE);
                    case DataType.Decimal(int precision, int scale) ->
                        factory.createSqlType(SqlTypeName.DECIMAL, precision, scale);
                    case DataType.Varchar _ -> factory.createSqlType(SqlTypeName.VARCHAR);
                    case DataType.Date _ -> factory.createSqlType(SqlTypeName.DATE);
                    case DataType.Time _ -> factory.createSqlType(SqlTypeName.TIME, TIME_DIGITS);
                    case DataType.Timestamp(boolean withTimeZone) ->
                        factory.createSqlType(
                                withTimeZone ? SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE : SqlTypeName.TIMESTAMP,
                                TIME_DIGITS);
                    case DataType.Varbinary _ -> factory.createSqlType(SqlTypeName.VARBINARY);
                    case DataType.Array(DataType element) ->
                        factory.createArrayType(toCalcite(element, true, factory), -1);
                    case DataType.Struct(List<Column> fields) -> {
                        RelDataTypeFactory.Builder struct = factory.builder().kind(StructKind.FULLY_QUALIFIED);
                        fields.forEach(
                                field -> struct.add(field.name(), toCalcite(field.type(), field.nullable(), factory)));
                        yield struct.build();
                    }
                    case DataType.Mapping(DataType value) ->
                        factory.createMapType(
                                factory.createSqlType(SqlTypeName.VARCHAR), toCalcite(value, true, factory));
                };
        return factory.createTypeWithNullability(plain, nullable);
    }

    /** Empty where no row can hold such a value. Intervals are numbers inside a plan. */
    static Optional<DataType> fromCalcite(RelDataType type) {
        return Optional.ofNullable(
                switch (type.getSqlTypeName()) {
                    case BOOLEAN -> new DataType.Bool();
                    case INTEGER -> new DataType.Int();
                    case BIGINT -> new DataType.BigInt();
                    case REAL -> new DataType.Real();
                    case DOUBLE, FLOAT -> new DataType.DoublePrecision();
                    case DECIMAL -> new DataType.Decimal(type.getPrecision(), type.getScale());
                    case VARCHAR, CHAR, NULL -> new DataType.Varchar();
                    case DATE -> new DataType.Date();
                    case TIME -> new DataType.Time();
                    case TIMESTAMP -> new DataType.Timestamp(false);
                    case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> new DataType.Timestamp(true);
                    case VARBINARY, BINARY -> new DataType.Varbinary();
                    case ARRAY ->
                        Optional.ofNullable(type.getComponentType())
                                .flatMap(Types::fromCalcite)
                                .filter(DataType.Array::holds)
                                .map(DataType.Array::new)
                                .orElse(null);
                    case ROW -> struct(type);
                    case MAP ->
                        type.getKeyType() == null || !SqlTypeUtil.inCharFamily(type.getKeyType())
                                ? null
                                : Optional.ofNullable(type.getValueType())
                                        .flatMap(Types::fromCalcite)
                                        .filter(DataType.Array::holds)
                                        .map(DataType.Mapping::new)
                                        .orElse(null);
                    case INTERVAL_YEAR, INTERVAL_MONTH, INTERVAL_YEAR_MONTH -> new DataType.Int();
                    case INTERVAL_DAY,
                            INTERVAL_DAY_HOUR,
                            INTERVAL_DAY_MINUTE,
                            INTERVAL_DAY_SECOND,
                            INTERVAL_HOUR,
                            INTERVAL_HOUR_MINUTE,
                            INTERVAL_HOUR_SECOND,
                            INTERVAL_MINUTE,
                            INTERVAL_MINUTE_SECOND,
                            INTERVAL_SECOND -> new DataType.BigInt();
                    default -> null;
                });
    }

    private static @Nullable DataType struct(RelDataType type) {
        List<Column> fields = new ArrayList<>();
        for (RelDataTypeField field : type.getFieldList()) {
            DataType of = fromCalcite(field.getType()).orElse(null);
            if (of == null || of instanceof DataType.Varbinary) {
                return null;
            }
            fields.add(new Column(field.getName(), of, field.getType().isNullable()));
        }
        return new DataType.Struct(fields);
    }

    /** Whether values of both types look alike: which fields may be null does not tell types apart. */
    static boolean isAlike(DataType a, DataType b) {
        return isAlike(a, b, Types::isAlikeName);
    }

    /** Whether values of both types are the same objects: a field's name is no part of its value. */
    static boolean isHeldAlike(DataType a, DataType b) {
        return isAlike(a, b, (_, _) -> true);
    }

    private static boolean isAlike(DataType a, DataType b, BiPredicate<String, String> names) {
        return switch (a) {
            case DataType.Array(DataType element) ->
                b instanceof DataType.Array(DataType other) && isAlike(element, other, names);
            case DataType.Mapping(DataType value) ->
                b instanceof DataType.Mapping(DataType other) && isAlike(value, other, names);
            case DataType.Struct(List<Column> fields) ->
                b instanceof DataType.Struct(List<Column> others)
                        && fields.size() == others.size()
                        && IntStream.range(0, fields.size())
                                .allMatch(i -> isAlike(
                                                fields.get(i).type(),
                                                others.get(i).type(),
                                                names)
                                        && names.test(
                                                fields.get(i).name(),
                                                others.get(i).name()));
            default -> a.equals(b);
        };
    }

    /** ROW(...) gives its fields no names. */
    private static boolean isAlikeName(String given, String wanted) {
        return given.startsWith("EXPR$") || given.equals(wanted);
    }

    /** The type's name as SQL writes it. */
    static String sql(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "BOOLEAN";
            case DataType.Int _ -> "INTEGER";
            case DataType.BigInt _ -> "BIGINT";
            case DataType.Real _ -> "REAL";
            case DataType.DoublePrecision _ -> "DOUBLE";
            case DataType.Decimal(int precision, int scale) -> "DECIMAL(%d, %d)".formatted(precision, scale);
            case DataType.Varchar _ -> "VARCHAR";
            case DataType.Date _ -> "DATE";
            case DataType.Time _ -> "TIME";
            case DataType.Timestamp(boolean withTimeZone) -> withTimeZone ? "TIMESTAMPTZ" : "TIMESTAMP";
            case DataType.Varbinary _ -> "VARBINARY";
            case DataType.Array(DataType element) -> sql(element) + "[]";
            case DataType.Struct(List<Column> fields) ->
                fields.stream()
                        .map(field -> field.name() + " " + sql(field.type()))
                        .collect(Collectors.joining(", ", "ROW(", ")"));
            case DataType.Mapping(DataType value) -> "MAP(VARCHAR, " + sql(value) + ")";
        };
    }

    static String sql(RelDataType type) {
        return fromCalcite(type).map(Types::sql).orElse(type.toString().toUpperCase(Locale.ROOT));
    }

    /** Whether values of both types that are equal have the same bytes in a distribution key. */
    static boolean spreadAlike(DataType a, DataType b) {
        return a.equals(b) || (isInteger(a) && isInteger(b));
    }

    static boolean spreadAlike(List<DataType> a, List<DataType> b) {
        if (a.size() != b.size()) {
            return false;
        }
        for (int i = 0; i < a.size(); i++) {
            if (!spreadAlike(a.get(i), b.get(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean isInteger(DataType type) {
        return type instanceof DataType.Int || type instanceof DataType.BigInt;
    }
}
