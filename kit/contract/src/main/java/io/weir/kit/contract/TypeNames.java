package io.weir.kit.contract;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The types that contracts name: ODCS's logical types, and SQL's as physical types. */
final class TypeNames {

    /** A type and the length that its name limits it to, {@code varchar(20)}; -1 for any. */
    record Named(DataType type, String logicalType, int maxLength) {}

    static final List<String> LOGICAL =
            List.of("string", "integer", "number", "boolean", "date", "timestamp", "time", "array", "object");

    static final List<String> PHYSICAL = List.of(
            "text",
            "varchar",
            "varchar(n)",
            "char(n)",
            "uuid",
            "json",
            "jsonb",
            "smallint",
            "integer",
            "bigint",
            "real",
            "double precision",
            "decimal(p,s)",
            "boolean",
            "date",
            "time",
            "timestamp",
            "timestamptz",
            "bytea",
            "map<text,type>");

    private static final Pattern FORM =
            Pattern.compile("([a-z][a-z0-9 ]*?) *(?:\\( *(\\d+) *(?:, *(\\d+) *)?\\))?( with(?:out)? time zone)?");

    private static final Pattern MAP = Pattern.compile("map *< *(?:text|varchar|string) *, *(.+) *>");

    private TypeNames() {}

    /** Null where there is no such type; an {@link IllegalArgumentException} where its numbers are out of range. */
    static @Nullable Named physical(String name) {
        String plain = name.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        Matcher map = MAP.matcher(plain);
        if (map.matches()) {
            Named value = physical(map.group(1));
            return value == null ? null : new Named(new DataType.Mapping(value.type()), "object", -1);
        }
        Matcher form = FORM.matcher(plain);
        if (!form.matches()) {
            return null;
        }
        int first = form.group(2) == null ? -1 : Integer.parseInt(form.group(2));
        int second = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
        String word = form.group(1) + (form.group(4) == null ? "" : form.group(4));
        return switch (word) {
            case "text", "string", "uuid", "json", "jsonb", "citext" -> new Named(new DataType.Varchar(), "string", -1);
            case "varchar", "character varying", "char", "character", "bpchar" ->
                new Named(new DataType.Varchar(), "string", first);
            case "smallint", "int2", "integer", "int", "int4", "serial" -> new Named(new DataType.Int(), "integer", -1);
            case "bigint", "int8", "bigserial" -> new Named(new DataType.BigInt(), "integer", -1);
            case "real", "float4" -> new Named(new DataType.Real(), "number", -1);
            case "double precision", "double", "float8", "float" ->
                new Named(new DataType.DoublePrecision(), "number", -1);
            case "decimal", "numeric" ->
                new Named(new DataType.Decimal(first < 0 ? 38 : first, first < 0 ? 10 : second), "number", -1);
            case "boolean", "bool" -> new Named(new DataType.Bool(), "boolean", -1);
            case "date" -> new Named(new DataType.Date(), "date", -1);
            case "time", "time without time zone" -> new Named(new DataType.Time(), "time", -1);
            case "timestamp", "timestamp without time zone" ->
                new Named(new DataType.Timestamp(false), "timestamp", -1);
            case "timestamptz", "timestamp with time zone" -> new Named(new DataType.Timestamp(true), "timestamp", -1);
            case "bytea", "varbinary", "binary", "blob" -> new Named(new DataType.Varbinary(), "string", -1);
            default -> null;
        };
    }

    static @Nullable DataType logical(String name, boolean timezone) {
        return switch (name) {
            case "string" -> new DataType.Varchar();
            case "integer" -> new DataType.BigInt();
            case "number" -> new DataType.DoublePrecision();
            case "boolean" -> new DataType.Bool();
            case "date" -> new DataType.Date();
            case "timestamp" -> new DataType.Timestamp(timezone);
            case "time" -> new DataType.Time();
            default -> null;
        };
    }

    /** As SQL writes the type, for messages. */
    static String sql(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "boolean";
            case DataType.Int _ -> "integer";
            case DataType.BigInt _ -> "bigint";
            case DataType.Real _ -> "real";
            case DataType.DoublePrecision _ -> "double precision";
            case DataType.Decimal decimal -> "decimal(%d,%d)".formatted(decimal.precision(), decimal.scale());
            case DataType.Varchar _ -> "varchar";
            case DataType.Date _ -> "date";
            case DataType.Time _ -> "time";
            case DataType.Timestamp timestamp -> timestamp.withTimeZone() ? "timestamptz" : "timestamp";
            case DataType.Varbinary _ -> "varbinary";
            case DataType.Array(DataType element) -> sql(element) + "[]";
            case DataType.Struct(List<Column> fields) ->
                fields.stream()
                        .map(field -> field.name() + " " + sql(field.type()))
                        .collect(Collectors.joining(", ", "row(", ")"));
            case DataType.Mapping(DataType value) -> "map<text," + sql(value) + ">";
        };
    }
}
