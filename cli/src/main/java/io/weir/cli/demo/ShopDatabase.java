package io.weir.cli.demo;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The shops' database: one connection, one transaction at a time, statements sent in batches. Not for use by several threads.
 *
 * <p>Several simulators may play at a time: each holds a lane, an advisory lock, and takes its numbers from a range of its own.
 *
 * <p>Inserts of new rows wait and are sent together, parents first; anything else makes them go before it, so that the result is that of one
 * statement after the other.
 */
final class ShopDatabase implements AutoCloseable {

    private static final int ROWS_PER_BATCH = 1000;

    private static final int LOCKS = 0x57454952;
    private static final int OPENING_LOCK = -1;
    private static final int LANES = 16;
    private static final long NUMBERS_PER_LANE = 1_000_000_000L;

    private final Connection connection;
    private final long lane;
    private final Map<ShopStatement, PreparedStatement> prepared = new EnumMap<>(ShopStatement.class);
    private final Set<ShopStatement> waiting = EnumSet.noneOf(ShopStatement.class);
    private int rowsWaiting;

    private ShopDatabase(Connection connection, long lane) {
        this.connection = connection;
        this.lane = lane;
    }

    static ShopDatabase connect(SimulatorOptions options) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", options.user());
        String password = options.password();
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "weir demo");
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        Connection connection = DriverManager.getConnection(options.jdbcUrl(), properties);
        try {
            long lane = freeLane(connection);
            connection.setAutoCommit(false);
            return new ShopDatabase(connection, lane);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    /** Waits until nobody else fills the tables; until the end of the transaction. */
    void lockOpening() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_xact_lock(%d, %d)".formatted(LOCKS, OPENING_LOCK));
        }
    }

    /** Reads the state to go on from: the newest customers and orders, and all of what there is little of. */
    ShopState load() throws SQLException {
        ShopState state = new ShopState();
        query("SELECT id FROM public.stores ORDER BY id", row -> state.stores.add(row.getLong(1)));
        query(
                "SELECT sku, price FROM public.products ORDER BY sku",
                row -> state.products.add(new ShopState.Product(row.getString(1), row.getBigDecimal(2))));
        query(
                "SELECT id, sku FROM public.supplies ORDER BY sku, id",
                row -> state.supplies.add(new ShopState.Supply(row.getString(1), row.getString(2))));
        query(
                "SELECT id, email FROM public.customers ORDER BY id DESC LIMIT " + ShopState.REMEMBERED,
                row -> state.customers.add(
                        new ShopState.Customer(row.getLong(1), address(row.getLong(1), row.getString(2)))));
        Map<Long, List<Long>> items = new HashMap<>();
        query("SELECT id FROM public.orders ORDER BY id DESC LIMIT " + ShopState.REMEMBERED, row -> {
            List<Long> ofOrder = new ArrayList<>(4);
            items.put(row.getLong(1), ofOrder);
            state.orders.add(new ShopState.Order(row.getLong(1), ofOrder));
        });
        if (!state.orders.isEmpty()) {
            query(
                    "SELECT order_id, id FROM public.order_items WHERE order_id >= "
                            + state.orders.getLast().id() + " ORDER BY id",
                    row -> {
                        List<Long> ofOrder = items.get(row.getLong(1));
                        if (ofOrder != null) {
                            ofOrder.add(row.getLong(2));
                        }
                    });
        }
        state.customers.sort((a, b) -> Long.compare(a.id(), b.id()));
        state.orders.sort((a, b) -> Long.compare(a.id(), b.id()));
        state.nextCustomer = nextNumber("customers");
        state.nextOrder = nextNumber("orders");
        state.nextItem = nextNumber("order_items");
        query("SELECT max(ordered_at) FROM public.orders", row -> {
            LocalDateTime latest = row.getObject(1, LocalDateTime.class);
            state.now = latest == null ? ShopState.OPENING : latest;
        });
        return state;
    }

    void write(RowChange change) throws SQLException {
        ShopStatement statement = change.statement();
        if (!waiting.contains(statement) && !(statement.isInsert() && onlyInsertsWait())) {
            flush();
        }
        PreparedStatement target = prepared.get(statement);
        if (target == null) {
            target = connection.prepareStatement(statement.sql());
            prepared.put(statement, target);
        }
        List<@Nullable Object> parameters = change.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            target.setObject(i + 1, parameters.get(i));
        }
        target.addBatch();
        waiting.add(statement);
        if (++rowsWaiting >= ROWS_PER_BATCH) {
            flush();
        }
    }

    void commit() throws SQLException {
        flush();
        connection.commit();
    }

    void rollback() throws SQLException {
        for (ShopStatement statement : waiting) {
            batch(statement).clearBatch();
        }
        waiting.clear();
        rowsWaiting = 0;
        connection.rollback();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }

    /** Held as long as the connection. */
    private static long freeLane(Connection connection) throws SQLException {
        for (int lane = 0; lane < LANES; lane++) {
            try (Statement statement = connection.createStatement();
                    ResultSet row =
                            statement.executeQuery("SELECT pg_try_advisory_lock(%d, %d)".formatted(LOCKS, lane))) {
                if (row.next() && row.getBoolean(1)) {
                    return lane;
                }
            }
        }
        throw new SQLException("%d simulators play already".formatted(LANES), "55P03");
    }

    /** One more than the highest of this lane's numbers. */
    private long nextNumber(String table) throws SQLException {
        long first = lane * NUMBERS_PER_LANE;
        long[] next = new long[1];
        query(
                "SELECT coalesce(max(id), %d) + 1 FROM public.%s WHERE id >= %d AND id < %d"
                        .formatted(first, table, first, first + NUMBERS_PER_LANE),
                row -> next[0] = row.getLong(1));
        return next[0];
    }

    private boolean onlyInsertsWait() {
        return waiting.stream().allMatch(ShopStatement::isInsert);
    }

    private void flush() throws SQLException {
        for (ShopStatement statement : waiting) {
            execute(batch(statement));
        }
        waiting.clear();
        rowsWaiting = 0;
    }

    private void execute(PreparedStatement batch) throws SQLException {
        try {
            batch.executeBatch();
        } catch (AssertionError e) {
            // The driver asks a connection that was lost half-way through a batch for its mode, and does not expect it
            // to be closed.
            if (connection.isClosed()) {
                throw new SQLException("the connection was lost", "08006", e);
            }
            throw e;
        }
    }

    private PreparedStatement batch(ShopStatement statement) {
        PreparedStatement batch = prepared.get(statement);
        if (batch == null) {
            throw new IllegalStateException("nothing was prepared for " + statement);
        }
        return batch;
    }

    private static String address(long id, @Nullable String email) {
        String address = email == null ? "" : email.trim().toLowerCase(Locale.ROOT);
        return address.contains("@") ? address : "customer%d@mail.example".formatted(id);
    }

    private void query(String sql, RowReader reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        }
    }

    @FunctionalInterface
    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
