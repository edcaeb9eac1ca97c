package io.weir.cli.demo;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithMesh
class SimulatorTest {

    private static final SimulatorListener NOBODY = new SimulatorListener() {};

    private final TestPostgres postgres;
    private TestDatabase shop;

    SimulatorTest(TestPostgres postgres) {
        this.postgres = postgres;
        this.shop = createShop();
    }

    @BeforeEach
    void empty() {
        assertThat(one("SELECT count(*) AS n FROM customers")).isEqualTo(0L);
    }

    @AfterEach
    void drop() {
        shop.drop();
    }

    @Test
    void shouldFillEmptyTablesAndWriteWhatItReports() {
        SimulatorReport report = new Simulator(quick(3_000), NOBODY).run();

        assertThat(report.changes()).isGreaterThan(3_000 + 700);
        assertThat(report.retried()).isZero();
        assertThat(report.events()).containsKeys(ShopEventKind.OPENED, ShopEventKind.ORDER_PLACED);
        long placed = report.events().get(ShopEventKind.ORDER_PLACED)
                + report.events().get(ShopEventKind.ORDER_LATE);
        assertThat(one("SELECT count(*) AS n FROM orders"))
                .isEqualTo(500 + placed - report.events().get(ShopEventKind.ORDER_CANCELLED));
        assertThat(one("SELECT count(*) AS n FROM orders WHERE customer_id IS NULL"))
                .isNotEqualTo(0L);
        assertThat(one("SELECT min(octet_length(description)) AS n FROM products"))
                .isInstanceOfSatisfying(Integer.class, size -> assertThat(size).isGreaterThan(2_000));
    }

    @Test
    void shouldWriteTheSameRowsForTheSameSeed() {
        new Simulator(quick(2_000), NOBODY).run();
        String first = digest();
        shop.drop();
        shop = createShop();
        new Simulator(quick(2_000), NOBODY).run();
        String second = digest();
        shop.drop();
        shop = createShop();
        new Simulator(quick(2_000).withSeed(43), NOBODY).run();

        assertThat(second).isEqualTo(first);
        assertThat(digest()).isNotEqualTo(first);
    }

    @Test
    void shouldGoOnWhereItStopped() {
        new Simulator(quick(500), NOBODY).run();
        Object orders = one("SELECT max(id) AS n FROM orders");

        SimulatorReport report = new Simulator(quick(500), NOBODY).run();

        assertThat(report.retried()).isZero();
        assertThat(report.events()).doesNotContainKey(ShopEventKind.OPENED);
        assertThat((Long) one("SELECT max(id) AS n FROM orders")).isGreaterThan((Long) orders);
    }

    @Test
    void shouldKeepToTheRate() {
        new Simulator(quick(0), NOBODY).run();

        SimulatorReport report = new Simulator(quick(400).withRate(400), NOBODY).run();

        assertThat(report.elapsed()).isGreaterThan(Duration.ofMillis(850));
        assertThat(report.transactions()).isGreaterThan(5);
    }

    @Test
    void shouldStopAtOnceWhenInterrupted() {
        Run run = new Run(options().withRate(1));
        await().until(() -> run.report().changes() > 0);

        run.thread.interrupt();

        SimulatorReport last = run.ended();
        assertThat(last.changes()).isGreaterThan(0);
        assertThat(run.interrupted).isTrue();
    }

    @Test
    void shouldGoOnAfterALostConnection() {
        Run run = new Run(options().withRate(2_000));
        await().until(() -> run.report().changes() > 3_000);

        postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'".formatted(shop.name()));

        await().until(() -> run.report().reconnects() == 1);
        long then = run.report().changes();
        await().until(() -> run.report().changes() > then + 1_000);
        run.stop();
        assertThat(run.disconnected).isTrue();
    }

    @Test
    void shouldGoOnWhenSomebodyElseDeletesWhatItKnows() {
        Run run = new Run(options().withRate(2_000));
        await().until(() -> run.report().changes() > 3_000);

        // The database may choose either side of a deadlock.
        await().ignoreExceptions().until(() -> {
            shop.execute("DELETE FROM customers", "DELETE FROM order_items");
            return true;
        });

        await().until(() -> run.report().retried() > 0);
        long then = run.report().changes();
        await().until(() -> run.report().changes() > then + 1_000);
        run.stop();
        assertThat(one("SELECT count(*) AS n FROM customers")).isNotEqualTo(0L);
    }

    @Test
    void shouldPlayBesideAnother() {
        Run one = new Run(options().withRate(1_000));
        Run other = new Run(options().withRate(1_000).withSeed(1));

        await().until(() -> one.report().changes() > 2_500 && other.report().changes() > 2_500);

        one.stop();
        other.stop();
        assertThat(one("SELECT count(*) AS n FROM orders WHERE id > 1000000000"))
                .isNotEqualTo(0L);
    }

    @Test
    void shouldTellWhatIsWrongWithTheDatabase() {
        SimulatorOptions options = options();
        assertThatThrownBy(() ->
                        run(new SimulatorOptions(options.jdbcUrl(), "shop_app", "wrong", 1, 1, 1, options.changes())))
                .isInstanceOf(SimulatorException.class)
                .hasMessageContaining("refuses user \"shop_app\": check the user name and the password");
        assertThatThrownBy(() -> run(SimulatorOptions.of(options.jdbcUrl() + "_missing", "weir-local")))
                .hasMessageContaining("the database does not exist");
        assertThatThrownBy(() -> run(options.withUser("weir_capture"))).hasMessageContaining("may not change");
        assertThatThrownBy(() -> run(SimulatorOptions.of("jdbc:postgresql://127.0.0.1:1/shop", "weir-local")))
                .hasMessageContaining("does not answer");
        shop.execute("DROP TABLE order_items");
        assertThatThrownBy(() -> run(options)).hasMessageContaining("a table is missing");
    }

    private static void run(SimulatorOptions options) {
        new Simulator(options, NOBODY).run();
    }

    private SimulatorOptions options() {
        return SimulatorOptions.of(shop.jdbcUrl(), "weir-local");
    }

    private SimulatorOptions quick(long changes) {
        return options().withRate(SimulatorOptions.UNLIMITED).withChanges(changes);
    }

    private TestDatabase createShop() {
        TestDatabase database = postgres.createDatabase(Testkit.unique("shop"));
        try {
            database.execute(Files.readString(Examples.JAFFLE_SHOP.resolve("database/shop.sql")));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return database;
    }

    private Object one(String sql) {
        return shop.query(sql).getFirst().get("n");
    }

    private String digest() {
        StringBuilder digest = new StringBuilder();
        for (String table : List.of("stores", "products", "supplies", "customers", "orders", "order_items")) {
            Map<String, Object> row = shop.query(
                            "SELECT count(*) || ' ' || md5(string_agg(t::text, ',' ORDER BY t::text)) AS n FROM "
                                    + table + " t")
                    .getFirst();
            digest.append(table).append(' ').append(row.get("n")).append('\n');
        }
        return digest.toString();
    }

    /** A simulator on a thread of its own. */
    private static final class Run implements SimulatorListener {

        final CompletableFuture<SimulatorReport> result = new CompletableFuture<>();
        final AtomicBoolean interrupted = new AtomicBoolean();
        final AtomicBoolean disconnected = new AtomicBoolean();
        final Thread thread;
        private final AtomicReference<SimulatorReport> latest =
                new AtomicReference<>(new SimulatorReport(Map.of(), 0, 0, 0, 0, 0, Duration.ZERO));

        Run(SimulatorOptions options) {
            thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    SimulatorReport report = new Simulator(options, this).run();
                    interrupted.set(Thread.currentThread().isInterrupted());
                    result.complete(report);
                } catch (RuntimeException e) {
                    result.completeExceptionally(e);
                }
            });
        }

        SimulatorReport report() {
            if (result.isCompletedExceptionally()) {
                result.join();
            }
            return latest.get();
        }

        void stop() {
            thread.interrupt();
            ended();
        }

        SimulatorReport ended() {
            return result.orTimeout(LIMIT.toSeconds(), SECONDS).join();
        }

        @Override
        public void progress(SimulatorReport report) {
            latest.set(report);
        }

        @Override
        public void disconnected(String reason, Duration wait) {
            disconnected.set(true);
        }
    }
}
