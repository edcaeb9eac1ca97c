package io.weir.reversesync;

import io.weir.kit.contract.DataType;
import java.util.Set;

/** Which column types of PostgreSQL take a product's values whole. Pure. */
final class ColumnFit {

    private static final Set<String> TEXT = Set.of("text", "varchar", "bpchar", "citext");

    private ColumnFit() {}

    /**
     * Whether a column takes every value of the product's type, apart from single values that are out of its range, which PostgreSQL refuses row by row.
     *
     * @param type {@code pg_type.typname} of the column, of a domain's base type
     * @param category {@code pg_type.typcategory}: {@code E} for enums
     * @param scale digits after the point of a {@code numeric}; -1 where it is unbounded or the column is of another type
     */
    static boolean takes(DataType from, String type, String category, int scale) {
        if (TEXT.contains(type)) {
            return !(from instanceof DataType.Varbinary);
        }
        return switch (from) {
            case DataType.Bool _ -> type.equals("bool");
            case DataType.Int _, DataType.BigInt _ ->
                Set.of("int2", "int4", "int8", "numeric", "float4", "float8").contains(type);
            case DataType.Real _, DataType.DoublePrecision _ ->
                Set.of("float4", "float8", "numeric").contains(type);
            case DataType.Decimal decimal ->
                switch (type) {
                    case "numeric" -> scale < 0 || scale >= decimal.scale();
                    case "int2", "int4", "int8" -> decimal.scale() == 0;
                    case "float4", "float8" -> true;
                    default -> false;
                };
            case DataType.Varchar _ ->
                category.equals("E")
                        || Set.of("uuid", "json", "jsonb", "inet", "xml", "ltree")
                                .contains(type);
            case DataType.Date _ -> Set.of("date", "timestamp", "timestamptz").contains(type);
            case DataType.Time _ -> type.equals("time");
            case DataType.Timestamp _ -> type.equals("timestamp") || type.equals("timestamptz");
            case DataType.Varbinary _ -> type.equals("bytea");
            case DataType.Array _, DataType.Struct _, DataType.Mapping _ ->
                Set.of("json", "jsonb").contains(type);
        };
    }

    /** A type to propose where the column's does not fit. */
    static String proposal(DataType from) {
        return switch (from) {
            case DataType.Bool _ -> "boolean";
            case DataType.Int _ -> "integer";
            case DataType.BigInt _ -> "bigint";
            case DataType.Real _ -> "real";
            case DataType.DoublePrecision _ -> "double precision";
            case DataType.Decimal(int precision, int scale) -> "numeric(%d,%d)".formatted(precision, scale);
            case DataType.Varchar _ -> "text";
            case DataType.Date _ -> "date";
            case DataType.Time _ -> "time";
            case DataType.Timestamp(boolean zone) -> zone ? "timestamptz" : "timestamp";
            case DataType.Varbinary _ -> "bytea";
            case DataType.Array _, DataType.Struct _, DataType.Mapping _ -> "jsonb";
        };
    }
}
