package io.weir.cli.verify;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Source;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One captured table beside its bronze product, looked at again and again while both move.
 *
 * <p>A key is a suspect from the first look on until bronze shows what the table showed at that look or a later one: then its change was only on its way.
 */
final class CapturedTable {

    private static final int FETCH = 5000;

    private final Source source;
    private final Source.Table table;
    private final DataProduct product;
    private final Map<List<Object>, Suspect> suspects = new LinkedHashMap<>();
    private @Nullable Table inTable;
    private @Nullable Table inBronze;
    private Set<List<Object>> leftOut = Set.of();

    /** What a key showed: in the table at each look, in bronze at the last. Null is no row. */
    private static final class Suspect {
        final List<@Nullable Object @Nullable []> shown = new ArrayList<>();

        @Nullable
        Object @Nullable [] inBronze;

        boolean rests;
    }

    /** A table's rows as the contract types them, and the keys of those that do not fit, which ingest quarantines. */
    record Rows(Table table, Set<List<Object>> unfit) {}

    CapturedTable(Source source, Source.Table table, DataProduct product) {
        this.source = source;
        this.table = table;
        this.product = product;
    }

    Source source() {
        return source;
    }

    DataProduct product() {
        return product;
    }

    String subject() {
        return "%s: %s".formatted(source.name(), table.table());
    }

    boolean isClear() {
        return suspects.isEmpty();
    }

    /** Whether no suspect has moved between the last two looks, neither in the table nor in bronze. */
    boolean rests() {
        return suspects.values().stream().allMatch(suspect -> suspect.rests);
    }

    /** Reads the table, then bronze: a change that is in bronze then and was not in the table before is a later one. */
    void look(Connection database, TopicTables topics) throws SQLException {
        look(read(database), topics.of(product));
    }

    void look(Rows rows, Table bronze) {
        leftOut = new HashSet<>(rows.unfit());
        leftOut.addAll(Verification.violating(rows.table(), product));
        if (inTable == null) {
            Stream.concat(rows.table().rows().keySet().stream(), bronze.rows().keySet().stream())
                    .distinct()
                    .forEach(key -> suspects.put(key, new Suspect()));
        }
        inTable = rows.table();
        inBronze = bronze;
        suspects.entrySet().removeIf(entry -> {
            List<Object> key = entry.getKey();
            return leftOut.contains(key)
                    || isExplained(
                            entry.getValue(),
                            rows.table().rows().get(key),
                            bronze.rows().get(key));
        });
    }

    private static boolean isExplained(
            Suspect suspect, @Nullable Object @Nullable [] shown, @Nullable Object @Nullable [] inBronze) {
        suspect.rests =
                !suspect.shown.isEmpty() && same(suspect.shown.getLast(), shown) && same(suspect.inBronze, inBronze);
        suspect.shown.add(shown);
        suspect.inBronze = inBronze;
        return suspect.shown.stream().anyMatch(earlier -> same(earlier, inBronze));
    }

    private static boolean same(@Nullable Object @Nullable [] a, @Nullable Object @Nullable [] b) {
        if (a == null || b == null) {
            return a == b;
        }
        for (int i = 0; i < a.length; i++) {
            if (!Values.same(a[i], b[i])) {
                return false;
            }
        }
        return true;
    }

    /** The suspects that are left are differences; those that still move are left out. */
    Comparison comparison() {
        if (inTable == null || inBronze == null) {
            throw new IllegalStateException("not looked at yet");
        }
        Map<List<Object>, @Nullable Object[]> actual = new LinkedHashMap<>(inTable.rows());
        Set<List<Object>> leaveOut = new HashSet<>(leftOut);
        Table bronze = inBronze;
        suspects.forEach((key, suspect) -> {
            actual.remove(key);
            @Nullable Object[] there = bronze.rows().get(key);
            if (!suspect.rests) {
                leaveOut.add(key);
            } else if (there != null) {
                actual.put(key, there);
            }
        });
        return Comparison.of(
                subject(),
                inTable,
                new Table(product.rowType(), product.key(), actual, List.of(), 0),
                leaveOut,
                Comparison.Scope.ALL);
    }

    private Rows read(Connection database) throws SQLException {
        List<Column> columns = product.rowType().columns();
        String list = columns.stream().map(column -> quoted(column.name())).collect(Collectors.joining(", "));
        String from = Arrays.stream(table.table().split("\\.", 2))
                .map(CapturedTable::quoted)
                .collect(Collectors.joining("."));
        List<@Nullable Object[]> rows = new ArrayList<>();
        Set<List<Object>> unfit = new HashSet<>();
        try (Statement statement = database.createStatement()) {
            statement.setFetchSize(FETCH);
            try (ResultSet result = statement.executeQuery("SELECT %s FROM %s".formatted(list, from))) {
                while (result.next()) {
                    @Nullable Object[] row = new Object[columns.size()];
                    boolean fits = true;
                    for (int i = 0; i < row.length; i++) {
                        try {
                            row[i] = value(result, i + 1, columns.get(i).type());
                        } catch (IllegalArgumentException | ArithmeticException none) {
                            fits = false;
                        }
                    }
                    if (fits) {
                        rows.add(row);
                    } else {
                        unfit.add(Table.keyOf(row, product.key()));
                    }
                }
            }
        }
        return new Rows(Table.of(product.rowType(), product.key(), rows), unfit);
    }

    /** As ingest-service gives it to bronze. */
    private static @Nullable Object value(ResultSet result, int column, DataType type) throws SQLException {
        String written = result.getMetaData().getColumnTypeName(column);
        if (type instanceof DataType.Varchar) {
            if (written.equals("timestamptz")) {
                OffsetDateTime time = result.getObject(column, OffsetDateTime.class);
                return time == null
                        ? null
                        : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.withOffsetSameInstant(ZoneOffset.UTC));
            }
            return result.getString(column);
        }
        Object value = Values.of(Verification.get(result, column), type);
        if (type instanceof DataType.Decimal(int precision, int scale) && value instanceof BigDecimal number) {
            BigDecimal scaled = number.setScale(scale);
            if (scaled.precision() > precision) {
                throw new ArithmeticException("too many digits");
            }
        }
        return value;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }
}
