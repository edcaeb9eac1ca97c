package io.weir.reversesync;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.Sync;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What PostgreSQL's catalogue says about the destination, held against what the sync needs; a {@link DestinationException} says what to mend. */
final class DestinationTable {

    /** One column: the type to cast to (without length and scale), and what decides whether it fits. */
    private record Column(
            String castType, String type, String category, int scale, boolean required, boolean generated) {}

    private static final String TABLE = """
            SELECT c.oid, c.relkind,
                   has_table_privilege(c.oid, 'SELECT'), has_table_privilege(c.oid, 'INSERT'),
                   has_table_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE')
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?""";

    private static final String COLUMNS = """
            SELECT a.attname, format_type(b.oid, -1), b.typname, b.typcategory,
                   CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END,
                   (a.attnotnull OR t.typnotnull) AND NOT a.atthasdef AND a.attidentity = '' AND t.typdefault IS NULL,
                   a.attgenerated <> ''
            FROM pg_attribute a
            JOIN pg_type t ON t.oid = a.atttypid
            JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped""";

    private static final String UNIQUE_KEYS = """
            SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k (n)
                         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n)
            FROM pg_index i
            WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL""";

    private final Target target;
    private final Connection to;
    private final Map<String, Column> columns = new TreeMap<>();

    private DestinationTable(Target target, Connection to) {
        this.target = target;
        this.to = to;
    }

    /** Reads the table and checks it. */
    static DestinationTable check(java.sql.Connection connection, Target target, Connection to) throws SQLException {
        DestinationTable table = new DestinationTable(target, to);
        table.read(connection);
        return table;
    }

    /** The type to which a value for this column is cast. */
    String castType(String column) {
        Column known = columns.get(column);
        if (known == null) {
            throw new IllegalStateException("column %s was not checked".formatted(column));
        }
        return known.castType;
    }

    private void read(java.sql.Connection connection) throws SQLException {
        long oid = readTable(connection);
        readColumns(connection, oid);
        for (Target.Cell cell : target.cells()) {
            checkColumn(cell);
        }
        checkUniqueKey(connection, oid);
        checkOtherColumns();
    }

    private long readTable(java.sql.Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, target.schema());
            statement.setString(2, target.table());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    throw new DestinationException("table %s is not in %s; make it: %s"
                            .formatted(target.name(), to.database(), createTable()));
                }
                if (!Set.of("r", "p").contains(row.getString(2))) {
                    throw new DestinationException("%s in %s is not a table; a sync writes into tables only"
                            .formatted(target.name(), to.database()));
                }
                Map<String, Boolean> held = new HashMap<>();
                held.put("SELECT", row.getBoolean(3));
                held.put("INSERT", row.getBoolean(4));
                held.put("UPDATE", row.getBoolean(5));
                held.put("DELETE", row.getBoolean(6));
                checkPrivileges(held);
                return row.getLong(1);
            }
        }
    }

    private void checkPrivileges(Map<String, Boolean> held) {
        List<String> needed =
                switch (target.mode()) {
                    case UPSERT, MIRROR -> List.of("SELECT", "INSERT", "UPDATE", "DELETE");
                    case INSERT -> List.of("SELECT", "INSERT");
                    case UPDATE -> List.of("SELECT", "UPDATE");
                };
        List<String> lacking = needed.stream()
                .filter(privilege -> !held.getOrDefault(privilege, false))
                .toList();
        if (!lacking.isEmpty()) {
            throw new DestinationException("role %s lacks %s on %s in %s: GRANT %s ON %s TO %s"
                    .formatted(
                            to.user(),
                            String.join(", ", lacking),
                            target.name(),
                            to.database(),
                            String.join(", ", lacking),
                            target.name(),
                            to.user()));
        }
    }

    private void readColumns(java.sql.Connection connection, long oid) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String type = row.getString(3);
                    columns.put(
                            row.getString(1),
                            new Column(
                                    row.getString(2),
                                    type,
                                    row.getString(4),
                                    type.equals("numeric") ? numericScale(row.getInt(5)) : -1,
                                    row.getBoolean(6),
                                    row.getBoolean(7)));
                }
            }
        }
    }

    /** numeric's type modifier is {@code (precision << 16 | scale) + 4}, the scale in 11 bits with sign. */
    private static int numericScale(int modifier) {
        return modifier < 4 ? -1 : (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }

    private void checkColumn(Target.Cell cell) {
        Column column = columns.get(cell.destinationColumn());
        if (column == null) {
            throw new DestinationException("column %s is not in table %s of %s: ALTER TABLE %s ADD COLUMN %s %s"
                    .formatted(
                            cell.destinationColumn(),
                            target.name(),
                            to.database(),
                            target.name(),
                            cell.destinationColumn(),
                            ColumnFit.proposal(cell.type())));
        }
        if (column.generated) {
            throw new DestinationException("column %s of %s in %s is generated: take it out of the sync's fields"
                    .formatted(cell.destinationColumn(), target.name(), to.database()));
        }
        if (!ColumnFit.takes(cell.type(), column.type, column.category, column.scale)) {
            throw new DestinationException(
                    "column %s of %s in %s is %s, which does not hold %s of the product: ALTER TABLE %s ALTER COLUMN %s TYPE %s"
                            .formatted(
                                    cell.destinationColumn(),
                                    target.name(),
                                    to.database(),
                                    column.scale < 0 ? column.castType : "numeric with scale " + column.scale,
                                    cell.column(),
                                    target.name(),
                                    cell.destinationColumn(),
                                    ColumnFit.proposal(cell.type())));
        }
    }

    private void checkUniqueKey(java.sql.Connection connection, long oid) throws SQLException {
        Set<String> key = target.key().stream()
                .map(Target.Cell::destinationColumn)
                .collect(Collectors.toCollection(TreeSet::new));
        List<Set<String>> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(UNIQUE_KEYS)) {
            statement.setLong(1, oid);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    found.add(new TreeSet<>(List.of((String[]) row.getArray(1).getArray())));
                }
            }
        }
        if (!found.contains(key)) {
            throw new DestinationException(
                    "table %s of %s has no unique constraint on exactly (%s), the sync's key: ALTER TABLE %s ADD UNIQUE (%s)"
                            .formatted(
                                    target.name(),
                                    to.database(),
                                    String.join(", ", key),
                                    target.name(),
                                    String.join(", ", key)));
        }
    }

    /** A column that must be given, and that the sync does not give, would refuse every new row. */
    private void checkOtherColumns() {
        if (target.mode() == Sync.Mode.UPDATE) {
            return;
        }
        Set<String> given =
                target.cells().stream().map(Target.Cell::destinationColumn).collect(Collectors.toSet());
        columns.forEach((name, column) -> {
            if (column.required && !given.contains(name)) {
                throw new DestinationException(
                        "column %s of %s in %s is NOT NULL without a default, and the sync does not write it: name it under fields, or ALTER TABLE %s ALTER COLUMN %s SET DEFAULT ..."
                                .formatted(name, target.name(), to.database(), target.name(), name));
            }
        });
    }

    private String createTable() {
        String cells = target.cells().stream()
                .map(cell -> cell.destinationColumn() + " " + ColumnFit.proposal(cell.type()))
                .collect(Collectors.joining(", "));
        String key = target.key().stream().map(Target.Cell::destinationColumn).collect(Collectors.joining(", "));
        return "CREATE TABLE %s (%s, PRIMARY KEY (%s))".formatted(target.name(), cells, key);
    }
}
