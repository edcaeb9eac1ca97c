package io.weir.cli;

import io.weir.kit.contract.ContractDraft.DraftColumn;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What PostgreSQL's catalogue says about one table: types, nulls, primary key, comments, and the words of enumerated types. */
record TableCatalogue(String comment, List<DraftColumn> columns) {

    private static final String QUERY = """
            SELECT a.attname,
                   format_type(a.atttypid, a.atttypmod),
                   NOT a.attnotnull,
                   COALESCE(array_position(i.indkey::int2[], a.attnum) - array_lower(i.indkey::int2[], 1) + 1, 0),
                   COALESCE(col_description(c.oid, a.attnum), ''),
                   ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = a.atttypid ORDER BY e.enumsortorder),
                   COALESCE(obj_description(c.oid, 'pg_class'), '')
            FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
            ORDER BY a.attnum
            """;

    static Optional<TableCatalogue> read(Connection connection, String schema, String table) throws SQLException {
        List<DraftColumn> columns = new ArrayList<>();
        String comment = "";
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, schema);
            query.setString(2, table);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    Array labels = rows.getArray(6);
                    List<String> values = List.of((String[]) labels.getArray());
                    columns.add(new DraftColumn(
                            rows.getString(1),
                            values.isEmpty() ? rows.getString(2) : "text",
                            rows.getBoolean(3),
                            rows.getInt(4),
                            rows.getString(5),
                            values));
                    comment = rows.getString(7);
                }
            }
        }
        return columns.isEmpty() ? Optional.empty() : Optional.of(new TableCatalogue(comment, columns));
    }
}
