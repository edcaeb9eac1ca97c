package io.weir.cli.verify;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ReferenceFile;
import io.weir.kit.contract.RowType;
import io.weir.kit.sql.Reference;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.duckdb.DuckDBAppender;
import org.duckdb.DuckDBConnection;
import org.jspecify.annotations.Nullable;

/**
 * Another engine for the same SQL: DuckDB, in memory, made to read it as PostgreSQL does.
 *
 * <p>Each layer is an attached database, so that {@code silver.customer} and {@code silver.jaffle.customer} both name the product.
 */
final class Oracle implements AutoCloseable {

    private final DuckDBConnection duckdb;
    private final Set<DataProduct> loaded = new HashSet<>();
    private final Set<String> references = new HashSet<>();

    private Oracle(DuckDBConnection duckdb) {
        this.duckdb = duckdb;
    }

    static Oracle open() throws SQLException {
        Oracle oracle = new Oracle(DriverManager.getConnection("jdbc:duckdb:").unwrap(DuckDBConnection.class));
        oracle.execute("SET integer_division = true");
        oracle.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
        oracle.execute("SET memory_limit = '1GB'");
        oracle.execute("SET threads = 2");
        for (String layer : List.of("bronze", "silver", "gold")) {
            oracle.execute("ATTACH ':memory:' AS " + layer);
        }
        return oracle;
    }

    /** Has {@code CONFORM(name, value)} look into the reference files of a domain's folder. */
    void conformBy(Path domain) throws SQLException {
        execute("CREATE TABLE memory.main.weir_reference (name VARCHAR, given VARCHAR, meant VARCHAR)");
        execute("CREATE MACRO memory.main.conform(which, x) AS (SELECT max(r.meant) FROM memory.main.weir_reference r "
                + "WHERE r.name = which AND r.given = upper(trim(x)))");
        try (DuckDBAppender appender = duckdb.createAppender("memory", "main", "weir_reference")) {
            for (String name : ReferenceFile.names(domain)) {
                ReferenceFile reference = ReferenceFile.read(domain, name).orElseThrow();
                for (Map.Entry<String, String> entry : reference.to().entrySet()) {
                    appender.beginRow();
                    appender.append(name);
                    appender.append(entry.getKey());
                    appender.append(entry.getValue());
                    appender.endRow();
                }
            }
        }
    }

    /** Has it look into a product that is loaded, too. */
    void conformBy(Reference reference) throws SQLException {
        if (!references.add(reference.name())) {
            return;
        }
        String table = "%s.main.%s"
                .formatted(
                        reference.product().name().layer().text(),
                        quoted(reference.product().name().product()));
        String insert =
                "INSERT INTO memory.main.weir_reference SELECT '%1$s', upper(trim(%3$s)), min(%4$s) FROM %2$s WHERE upper(trim(%3$s)) NOT IN (SELECT given FROM memory.main.weir_reference WHERE name = '%1$s') GROUP BY 2";
        String to = quoted(reference.to());
        execute(insert.formatted(reference.name(), table, quoted(reference.from()), to));
        execute(insert.formatted(reference.name(), table, to, to));
    }

    /** Makes the product's table from these rows, once. */
    void load(DataProduct product, Table table) throws SQLException {
        if (!loaded.add(product)) {
            return;
        }
        String layer = product.name().layer().text();
        String name = product.name().product();
        String columns = product.rowType().columns().stream()
                .map(column -> "%s %s".formatted(quoted(column.name()), type(column.type())))
                .collect(Collectors.joining(", "));
        execute("CREATE TABLE %s.main.%s (%s)".formatted(layer, quoted(name), columns));
        execute("CREATE SCHEMA IF NOT EXISTS %s.%s"
                .formatted(layer, quoted(product.name().domain())));
        execute("CREATE VIEW %s.%s.%s AS SELECT * FROM %s.main.%s"
                .formatted(layer, quoted(product.name().domain()), quoted(name), layer, quoted(name)));
        try (DuckDBAppender appender = duckdb.createAppender(layer, "main", name)) {
            for (@Nullable Object[] row : table.rows().values()) {
                appender.beginRow();
                for (int i = 0; i < row.length; i++) {
                    append(appender, row[i], product.rowType().columns().get(i).type());
                }
                appender.endRow();
            }
        }
    }

    /** The query's rows in the columns of the contract, by their names. */
    List<@Nullable Object[]> query(String sql, RowType type) throws SQLException {
        String trimmed = sql.strip();
        String query = trimmed.endsWith(";") ? trimmed.substring(0, trimmed.length() - 1) : trimmed;
        String columns =
                type.columns().stream().map(Column::name).map(Oracle::quoted).collect(Collectors.joining(", "));
        List<@Nullable Object[]> rows = new ArrayList<>();
        // On a line of its own: the query may end with a comment.
        try (Statement statement = duckdb.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT %s FROM (\n%s\n) AS result".formatted(columns, query))) {
            while (result.next()) {
                @Nullable Object[] row = new Object[type.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = Values.of(
                            get(result, i + 1, type.columns().get(i).type()),
                            type.columns().get(i).type());
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static @Nullable Object get(ResultSet result, int column, DataType type) throws SQLException {
        return switch (type) {
            case DataType.Timestamp _ -> result.getObject(column, LocalDateTime.class);
            case DataType.Date _ -> result.getObject(column, LocalDate.class);
            case DataType.Varbinary _ -> result.getBytes(column);
            case DataType.Bool _,
                    DataType.Int _,
                    DataType.BigInt _,
                    DataType.Real _,
                    DataType.DoublePrecision _,
                    DataType.Decimal _,
                    DataType.Time _,
                    DataType.Varchar _ -> result.getObject(column);
            case DataType.Array _ -> {
                java.sql.Array array = result.getArray(column);
                yield array == null ? null : array.getArray();
            }
            case DataType.Struct _, DataType.Mapping _ -> result.getObject(column);
        };
    }

    private static void append(DuckDBAppender appender, @Nullable Object value, DataType type) throws SQLException {
        if (value == null) {
            appender.appendNull();
            return;
        }
        switch (type) {
            case DataType.Bool _ -> appender.append(((Boolean) value).booleanValue());
            case DataType.Int _ -> appender.append(((Integer) value).intValue());
            case DataType.BigInt _ -> appender.append(((Long) value).longValue());
            case DataType.Real _ -> appender.append(((Float) value).floatValue());
            case DataType.DoublePrecision _ -> appender.append(((Double) value).doubleValue());
            case DataType.Decimal decimal ->
                appender.append(((BigDecimal) value).setScale(decimal.scale(), RoundingMode.UNNECESSARY));
            case DataType.Varchar _ -> appender.append((String) value);
            case DataType.Date _ -> appender.append((LocalDate) object(value, type));
            case DataType.Time _ -> appender.append((LocalTime) object(value, type));
            case DataType.Timestamp _ -> appender.append((LocalDateTime) object(value, type));
            case DataType.Varbinary _ -> appender.append((byte[]) value);
            case DataType.Array(DataType element) -> {
                List<@Nullable Object> array = new ArrayList<>();
                ((List<?>) value).forEach(one -> array.add(one == null ? null : object(one, element)));
                appender.append(array);
            }
            case DataType.Struct(List<Column> fields) -> {
                appender.beginStruct();
                for (int i = 0; i < fields.size(); i++) {
                    append(appender, ((List<?>) value).get(i), fields.get(i).type());
                }
                appender.endStruct();
            }
            case DataType.Mapping(DataType of) -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                ((Map<?, ?>) value).forEach((key, one) -> map.put(key, one == null ? null : object(one, of)));
                appender.append(map);
            }
        }
    }

    /** An element of an array, as the driver takes it. */
    private static Object object(Object value, DataType type) {
        return switch (type) {
            case DataType.Date _ -> LocalDate.ofEpochDay((Integer) value);
            case DataType.Time _ -> LocalTime.ofNanoOfDay((Integer) value * 1_000_000L);
            case DataType.Timestamp _ ->
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv((Long) value, 1000L),
                        (int) Math.floorMod((Long) value, 1000L) * 1_000_000,
                        ZoneOffset.UTC);
            case DataType.Struct(List<Column> fields) -> {
                Map<String, @Nullable Object> struct = new LinkedHashMap<>();
                for (int i = 0; i < fields.size(); i++) {
                    Object one = ((List<?>) value).get(i);
                    struct.put(
                            fields.get(i).name(),
                            one == null ? null : object(one, fields.get(i).type()));
                }
                yield struct;
            }
            default -> value;
        };
    }

    private static String type(DataType type) {
        return switch (type) {
            case DataType.Bool _ -> "BOOLEAN";
            case DataType.Int _ -> "INTEGER";
            case DataType.BigInt _ -> "BIGINT";
            case DataType.Real _ -> "REAL";
            case DataType.DoublePrecision _ -> "DOUBLE";
            case DataType.Decimal decimal -> "DECIMAL(%d, %d)".formatted(decimal.precision(), decimal.scale());
            case DataType.Varchar _ -> "VARCHAR";
            case DataType.Date _ -> "DATE";
            case DataType.Time _ -> "TIME";
            // Times are UTC on both sides, so no zone is needed, nor the extension that knows them.
            case DataType.Timestamp _ -> "TIMESTAMP";
            case DataType.Varbinary _ -> "BLOB";
            case DataType.Array(DataType element) -> type(element) + "[]";
            case DataType.Struct(List<Column> fields) ->
                fields.stream()
                        .map(field -> quoted(field.name()) + " " + type(field.type()))
                        .collect(Collectors.joining(", ", "STRUCT(", ")"));
            case DataType.Mapping(DataType value) -> "MAP(VARCHAR, " + type(value) + ")";
        };
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = ((Connection) duckdb).createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() throws SQLException {
        duckdb.close();
    }
}
