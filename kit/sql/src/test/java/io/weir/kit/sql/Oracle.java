package io.weir.kit.sql;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Domain;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Struct;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.duckdb.DuckDBConnection;

/** DuckDB, told to do as PostgreSQL where it differs: the same SQL over the final tables. */
final class Oracle implements AutoCloseable {

    private final Connection connection;

    Oracle(Domain domain) throws SQLException {
        connection = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET integer_division = true");
            statement.execute("SET default_null_order = 'nulls_last_on_asc_first_on_desc'");
            statement.execute("SET threads = 1");
            for (DataProduct product : domain.products().values()) {
                statement.execute(
                        "CREATE SCHEMA IF NOT EXISTS " + product.name().layer().text());
                statement.execute("CREATE TABLE %s (%s)"
                        .formatted(
                                product.name().localName(),
                                product.rowType().columns().stream()
                                        .map(column -> column.name() + " " + Types.sql(column.type()))
                                        .collect(Collectors.joining(", "))));
            }
        }
    }

    void fill(DataProduct product, Collection<Object[]> rows) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DELETE FROM " + product.name().localName());
        }
        if (rows.isEmpty()) {
            return;
        }
        List<Column> columns = product.rowType().columns();
        String marks = "(%s)".formatted(String.join(", ", Collections.nCopies(columns.size(), "?")));
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO %s VALUES %s"
                .formatted(product.name().localName(), String.join(", ", Collections.nCopies(rows.size(), marks))))) {
            int parameter = 0;
            for (Object[] row : rows) {
                for (int i = 0; i < row.length; i++) {
                    insert.setObject(++parameter, jdbc(row[i], columns.get(i).type()));
                }
            }
            insert.execute();
        }
    }

    /** The query's rows, with the columns of {@code type} in its order. */
    List<Object[]> query(String sql, List<Column> columns) throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(dialect(sql))) {
            while (result.next()) {
                Object[] row = new Object[columns.size()];
                for (int i = 0; i < row.length; i++) {
                    row[i] = fromJdbc(result, columns.get(i));
                }
                rows.add(row);
            }
        }
        return rows;
    }

    /** Temporal joins, whose versions' time is the column {@code t}, as DuckDB writes them; it would give a row without a time the last version. */
    private static String dialect(String sql) {
        return sql.replaceAll(
                "(LEFT )?JOIN (\\S+) FOR SYSTEM_TIME AS OF (\\S+) (\\w+) ON (\\S+ = \\S+)",
                "ASOF $1JOIN $2 $4 ON $5 AND COALESCE($3, TIMESTAMP '0001-01-01 00:00:00') >= $4.t");
    }

    private Object jdbc(Object value, DataType type) throws SQLException {
        return switch (type) {
            case DataType.Array(DataType element)
            when value instanceof List<?> list -> connection.createArrayOf(Types.sql(element), list.toArray());
            case DataType.Struct _
            when value instanceof List<?> struct -> connection.createStruct(Types.sql(type), struct.toArray());
            case DataType.Mapping _
            when value instanceof Map<?, ?> map ->
                connection.unwrap(DuckDBConnection.class).createMap(Types.sql(type), map);
            default -> toJdbc(value, type);
        };
    }

    private static Object toJdbc(Object value, DataType type) {
        if (value == null) {
            return null;
        }
        return switch (type) {
            case DataType.Date _ -> LocalDate.ofEpochDay((Integer) value);
            case DataType.Timestamp _ -> LocalDateTime.ofEpochSecond((Long) value / 1000, 0, ZoneOffset.UTC);
            default -> value;
        };
    }

    private static Object fromJdbc(ResultSet result, Column column) throws SQLException {
        String name = column.name();
        Object value = result.getObject(name);
        if (value == null) {
            return null;
        }
        return switch (column.type()) {
            case DataType.Bool _ -> result.getBoolean(name);
            case DataType.Int _ -> result.getInt(name);
            case DataType.BigInt _ -> new BigDecimal(value.toString()).longValueExact();
            case DataType.Real _ -> result.getFloat(name);
            case DataType.DoublePrecision _ -> result.getDouble(name);
            case DataType.Decimal(int _, int scale) ->
                new BigDecimal(value.toString()).setScale(scale, RoundingMode.HALF_UP);
            case DataType.Varchar _ -> value.toString();
            case DataType.Date _ ->
                (int) result.getObject(name, LocalDate.class).toEpochDay();
            case DataType.Timestamp _ ->
                result.getObject(name, LocalDateTime.class)
                        .toInstant(ZoneOffset.UTC)
                        .toEpochMilli();
            case DataType.Array _, DataType.Struct _, DataType.Mapping _ -> nested(value);
            case DataType.Time _, DataType.Varbinary _ -> throw new IllegalStateException("not asked for");
        };
    }

    private static Object nested(Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case java.sql.Array array -> nested(array.getArray());
            case Struct struct -> nested(struct.getAttributes());
            case Object[] parts -> {
                List<Object> all = new ArrayList<>();
                for (Object part : parts) {
                    all.add(nested(part));
                }
                yield all;
            }
            case Map<?, ?> map -> new TreeMap<>(map);
            default -> value;
        };
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
