package io.weir.cli.demo;

import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Plays the shops: writes plausible traffic into the example's database until it has done its share or its thread is interrupted.
 *
 * <p>Seeded: on the same data the same options write the same rows (times of orders are the shops' own, not the wall clock's). After a lost
 * connection it reads the data again and goes on; a transaction whose fate is unknown is not repeated. The role needs SELECT, INSERT,
 * UPDATE and DELETE on the six tables.
 */
public final class Simulator {

    private static final Duration REPORT_INTERVAL = Duration.ofSeconds(1);
    private static final long TICK_MS = 10;
    private static final long LONGEST_SLEEP_MS = 200;
    private static final long FIRST_WAIT_MS = 100;
    private static final long LONGEST_WAIT_MS = 3_000;
    private static final int MOST_CONFLICTS_IN_A_ROW = 20;
    private static final int MOST_CHANGES_IN_A_TRANSACTION = 200;

    private final SimulatorOptions options;
    private final SimulatorListener listener;
    private final SplittableRandom random;
    private final Map<ShopEventKind, Long> events = new EnumMap<>(ShopEventKind.class);

    private @Nullable ShopDatabase database;
    private long changes;
    private long openingChanges;
    private long transactions;
    private long reconnects;
    private long retried;
    private int conflictsInARow;
    private long startedAt;
    private long reportedAt;
    private long changesReported;

    public Simulator(SimulatorOptions options, SimulatorListener listener) {
        this.options = options;
        this.listener = listener;
        this.random = new SplittableRandom(options.seed());
    }

    /**
     * Runs to the end; on the caller's thread. An interrupt ends it at once, with what was committed: the interrupt flag is set then.
     *
     * @throws SimulatorException where the database does not answer at the start, or cannot be worked with at all
     */
    public SimulatorReport run() {
        startedAt = System.nanoTime();
        reportedAt = startedAt;
        try {
            Shop shop = open();
            play(shop);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
        SimulatorReport report = report();
        listener.progress(report);
        return report;
    }

    private Shop open() throws InterruptedException {
        try {
            ShopDatabase connected = ShopDatabase.connect(options);
            database = connected;
            connected.lockOpening();
            ShopState state = connected.load();
            if (state.isEmpty()) {
                return fill(connected, state);
            }
            connected.rollback();
            return shop(state);
        } catch (SQLException e) {
            throw new SimulatorException(advice(e), e);
        }
    }

    /** All in one transaction: the shops are either open or not. */
    private Shop fill(ShopDatabase connected, ShopState state) throws SQLException, InterruptedException {
        Shop shop = shop(state);
        long rows = 0;
        long count = 0;
        for (Iterator<ShopEvent> opening = shop.opening(options.scale()); opening.hasNext(); count++) {
            stopIfInterrupted();
            for (RowChange change : opening.next().changes()) {
                connected.write(change);
                rows++;
            }
        }
        connected.commit();
        events.merge(ShopEventKind.OPENED, count, Long::sum);
        changes += rows;
        openingChanges = rows;
        transactions++;
        return shop;
    }

    private Shop shop(ShopState state) {
        if (!state.isEmpty() && (state.stores.isEmpty() || state.products.isEmpty())) {
            throw new SimulatorException(
                    "public.stores or public.products is empty, and nothing can be sold: fill it, or empty all six tables to start afresh");
        }
        // About one in a minute at any rate (an event is some three changes): each moves every order that holds the
        // product.
        double eventsPerPriceChange = Double.isInfinite(options.rate()) ? 20_000 : options.rate() * 20;
        return new Shop(state, random.split(), (int) Math.clamp(eventsPerPriceChange, 200, 100_000));
    }

    private void play(Shop first) throws InterruptedException {
        Shop shop = first;
        long begin = System.nanoTime();
        double due = 0;
        long played = 0;
        long limit = options.changes().orElse(Long.MAX_VALUE);
        while (played < limit) {
            stopIfInterrupted();
            long now = System.nanoTime();
            if (!Double.isInfinite(options.rate())) {
                due += options.rate() * (now - begin) / 1e9;
                // What could not be done in time is not made up for by more than a second's worth.
                due = Math.min(due, Math.max(options.rate(), 1));
            } else {
                due = MOST_CHANGES_IN_A_TRANSACTION;
            }
            begin = now;
            if (due < 1) {
                reportNowAndThen();
                Thread.sleep(Math.clamp((long) ((1 - due) / options.rate() * 1e3), TICK_MS, LONGEST_SLEEP_MS));
                continue;
            }
            long wanted = Math.min((long) due, Math.min(limit - played, MOST_CHANGES_IN_A_TRANSACTION));
            try {
                long written = transaction(shop, wanted);
                played += written;
                due -= written;
            } catch (SQLException e) {
                shop = recover(e);
                begin = System.nanoTime();
                due = 0;
            }
            reportNowAndThen();
        }
    }

    /** Events until this many rows are changed; as one transaction of the shops' application. */
    private long transaction(Shop shop, long wanted) throws SQLException {
        ShopDatabase connected = connected();
        Map<ShopEventKind, Long> kinds = new EnumMap<>(ShopEventKind.class);
        long written = 0;
        // Of one event as a rule when there is time, of many when there is not.
        do {
            ShopEvent event = shop.next();
            for (RowChange change : event.changes()) {
                connected.write(change);
                written++;
            }
            kinds.merge(event.kind(), 1L, Long::sum);
        } while (written < wanted);
        connected.commit();
        kinds.forEach((kind, count) -> events.merge(kind, count, Long::sum));
        changes += written;
        transactions++;
        conflictsInARow = 0;
        return written;
    }

    /** Reads the state again, on a new connection where the old one is gone; for as long as it takes. */
    private Shop recover(SQLException failure) throws InterruptedException {
        SQLException reason = failure;
        boolean lost = false;
        if (isConflict(reason) && ++conflictsInARow <= MOST_CONFLICTS_IN_A_ROW) {
            try {
                connected().rollback();
                retried++;
                return shop(reload(connected()));
            } catch (SQLException e) {
                reason = e;
            }
        }
        long wait = FIRST_WAIT_MS;
        while (true) {
            if (!lost && !isConnectionLost(reason)) {
                throw new SimulatorException(advice(reason), reason);
            }
            lost = true;
            disconnect();
            listener.disconnected(advice(reason), Duration.ofMillis(wait));
            Thread.sleep(wait);
            wait = Math.min(2 * wait, LONGEST_WAIT_MS);
            try {
                ShopDatabase fresh = ShopDatabase.connect(options);
                database = fresh;
                Shop shop = shop(reload(fresh));
                reconnects++;
                listener.reconnected();
                return shop;
            } catch (SQLException e) {
                reason = e;
            }
        }
    }

    private static ShopState reload(ShopDatabase connected) throws SQLException {
        ShopState state = connected.load();
        connected.rollback();
        return state;
    }

    /** Somebody else changed or deleted what an event is about. */
    private static boolean isConflict(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("23") || state.startsWith("40"));
    }

    /** Class 08: connection; 57P01 to 57P03: the server stops, crashed or is starting; 53300: no connection left just now. */
    private static boolean isConnectionLost(SQLException e) {
        String state = e.getSQLState();
        return state == null || state.startsWith("08") || state.startsWith("57P0") || state.equals("53300");
    }

    private String advice(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        // The first exception of a batch quotes the statement with its values; the next one tells what happened.
        SQLException plain = e.getNextException() == null ? e : e.getNextException();
        String driver = String.valueOf(plain.getMessage()).lines().findFirst().orElse("");
        String what =
                switch (state) {
                    case "28P01", "28000" ->
                        "the database refuses user \"%s\": check the user name and the password"
                                .formatted(options.user());
                    case "3D000" ->
                        "the database does not exist: create it and run examples/jaffle-shop/database/shop.sql in it";
                    case "42P01" -> "a table is missing: run examples/jaffle-shop/database/shop.sql in this database";
                    case "42501" ->
                        "user \"%s\" may not change the shops' tables: see the grants in examples/jaffle-shop/database/shop.sql"
                                .formatted(options.user());
                    default ->
                        isConnectionLost(e)
                                ? "the database does not answer: is it up? (./weir status)"
                                : "the database refuses the shops' traffic";
                };
        return "%s: %s [%s]".formatted(options.jdbcUrl(), what, driver);
    }

    private ShopDatabase connected() throws SQLException {
        if (database == null) {
            throw new SQLException("not connected", "08003");
        }
        return database;
    }

    private void disconnect() {
        ShopDatabase old = database;
        database = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                // The server ends the session of a connection that is gone; there is nothing left to release.
            }
        }
    }

    private static void stopIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void reportNowAndThen() {
        if (System.nanoTime() - reportedAt >= REPORT_INTERVAL.toNanos()) {
            listener.progress(report());
        }
    }

    private SimulatorReport report() {
        long now = System.nanoTime();
        long since = Math.max(changesReported, openingChanges);
        double rate = now == reportedAt ? 0 : (changes - since) * 1e9 / (now - reportedAt);
        reportedAt = now;
        changesReported = changes;
        return new SimulatorReport(
                events, changes, transactions, rate, reconnects, retried, Duration.ofNanos(now - startedAt));
    }
}
