package io.weir.debezium;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.weir.infra.local.PartException;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The packaged server, on a real database, Kafka and registry. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@WithMesh
@Execution(ExecutionMode.CONCURRENT)
class CaptureTest {

    private static final String PASSWORD = "capture-secret";

    private final TestPostgres postgres;
    private final CaptureServer server;
    private final String role = Testkit.unique("weir_capture");
    private TestDatabase shop;

    CaptureTest(TestKafka kafka, TestRegistry registry, TestPostgres postgres, @TempDir Path folder) {
        this.postgres = postgres;
        this.server = new CaptureServer(kafka, registry, folder, Testkit.unique("jaffle"));
    }

    @BeforeEach
    void createShop() throws IOException {
        shop = postgres.createDatabase(Testkit.unique("shop"));
        postgres.createRole(role, PASSWORD, "REPLICATION");
        shop.execute(
                "CREATE TABLE customers (id bigint PRIMARY KEY, name text, spend numeric(12,2), signed_up timestamptz)",
                "GRANT SELECT ON customers TO " + role,
                "CREATE PUBLICATION %s FOR TABLE customers".formatted(server.publication()));
        server.domainFolder(shop.url(), role, "public.customers");
    }

    @AfterEach
    void stop() {
        server.kill();
        shop.drop();
    }

    @Test
    void shouldTellEveryKindOfChangeInOrder() {
        shop.execute("INSERT INTO customers VALUES (1, 'Ada', 12.50, '2026-01-01T00:00:00.123456Z')");
        startStreaming();

        shop.execute(
                "UPDATE customers SET name = 'Ada L.' WHERE id = 1",
                "INSERT INTO customers VALUES (2, 'Bob')",
                "UPDATE customers SET id = 3 WHERE id = 2",
                "DELETE FROM customers WHERE id = 1",
                "TRUNCATE customers");

        List<CapturedEvent> events = server.events(7);
        assertThat(events)
                .extracting(CapturedEvent::text)
                .containsExactly("r 1 Ada", "u 1 Ada L.", "c 2 Bob", "d 2 -", "c 3 Bob", "d 1 -", "t - -");
        assertThat(events.getFirst().after("signed_up")).hasToString("2026-01-01T00:00:00.123456Z");
        assertThat(events.get(3).source("lsn")).isEqualTo(events.get(4).source("lsn"));
    }

    @Test
    void shouldTellTheOriginOfAWriteThatIsMarked() {
        startStreaming();
        String origin = "weir/%s.crm/0".formatted(server.domain());

        shop.execute(
                "SELECT pg_replication_origin_create('" + origin + "')",
                "SELECT pg_replication_origin_session_setup('" + origin + "')",
                "INSERT INTO customers VALUES (1, 'Echo')");
        shop.execute("INSERT INTO customers VALUES (2, 'Own')");

        assertThat(server.events(2))
                .extracting(CapturedEvent::text, event -> String.valueOf(event.source("origin")))
                .containsExactly(tuple("c 1 Echo", origin), tuple("c 2 Own", "null"));
    }

    @Test
    void shouldContinueWhereItWasKilled() {
        startStreaming();
        Thread.ofPlatform().start(() -> shop.execute("""
                        DO $$ BEGIN
                          FOR n IN 1..5000 LOOP INSERT INTO customers VALUES (n, 'c' || n); COMMIT; END LOOP;
                        END $$"""));
        server.events(200);

        server.kill();
        startStreaming();

        List<CapturedEvent> events = server.eventsUntil(
                seen -> seen.stream().map(CapturedEvent::text).distinct().count() == 5000);
        assertThat(events.stream()
                        .map(event -> event.text() + event.source("sequence"))
                        .distinct())
                .as("a replayed event has the position that it had")
                .hasSize(5000);
    }

    @Test
    void shouldFollowANewColumn() {
        startStreaming();
        shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
        server.events(1);

        shop.execute(
                "ALTER TABLE customers ADD COLUMN country text",
                "INSERT INTO customers (id, name, country) VALUES (2, 'Bob', 'DE')");

        assertThat(server.events(2).getLast().after("country")).hasToString("DE");
    }

    @Test
    void shouldLetGoOfTheLogWhenOnlyOtherDatabasesAreWrittenTo() {
        startStreaming();
        shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
        server.events(1);
        TestDatabase other = postgres.createDatabase(Testkit.unique("other"));

        other.execute("CREATE TABLE filler AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 20000)");
        String written = String.valueOf(shop.query("SELECT pg_current_wal_lsn()::text AS lsn")
                .getFirst()
                .get("lsn"));

        await().until(() -> !shop.query(
                        "SELECT FROM pg_replication_slots WHERE slot_name = '%s' AND confirmed_flush_lsn >= '%s'"
                                .formatted(server.publication(), written))
                .isEmpty());
        other.drop();
    }

    @Test
    void shouldNameTheFixForAWrongPassword() {
        assertThatThrownBy(() -> server.start("wrong"))
                .isInstanceOf(PartException.class)
                .hasMessageContaining("ended with code 2")
                .hasMessageContaining("sources/shop.yaml: " + shop.url() + " as " + role + ": the password is wrong");
    }

    @Test
    void shouldNameTheFixForADatabaseThatDoesNotAnswer() throws IOException {
        server.domainFolder("postgresql://127.0.0.1:1/shop", role, "public.customers");

        assertThatThrownBy(() -> server.start(PASSWORD))
                .hasMessageContaining(
                        "sources/shop.yaml: postgresql://127.0.0.1:1/shop as %s: the database does not answer. Start it"
                                .formatted(role));
    }

    @Test
    void shouldNameTheFixForATableWithoutPrimaryKey() throws IOException {
        shop.execute("CREATE TABLE notes (text text)", "GRANT SELECT ON notes TO " + role);
        server.domainFolder(shop.url(), role, "public.notes");

        assertThatThrownBy(() -> server.start(PASSWORD))
                .hasMessageContaining("table public.notes has no primary key")
                .hasMessageContaining("ALTER TABLE public.notes ADD PRIMARY KEY");
    }

    @Test
    void shouldNameTheFixForATableThatIsNotThere() throws IOException {
        server.domainFolder(shop.url(), role, "public.customer");

        assertThatThrownBy(() -> server.start(PASSWORD))
                .hasMessageContaining("table public.customer is not there (did you mean \"public.customers\"?)");
    }

    @Test
    void shouldNameTheFixForAPublicationThatItMayNotMake() {
        shop.execute("DROP PUBLICATION " + server.publication());

        assertThatThrownBy(() -> server.start(PASSWORD))
                .hasMessageContaining("Let their owner run: CREATE PUBLICATION %s FOR TABLE \"public\".\"customers\""
                        .formatted(server.publication()));
    }

    @Test
    void shouldMakeThePublicationWhereItMay() {
        shop.execute(
                "DROP PUBLICATION " + server.publication(),
                "ALTER TABLE customers OWNER TO " + role,
                "GRANT CREATE ON DATABASE %s TO %s".formatted(shop.name(), role));
        startStreaming();

        shop.execute("INSERT INTO customers VALUES (1, 'Ada')");

        assertThat(server.events(1)).extracting(CapturedEvent::text).containsExactly("c 1 Ada");
    }

    /** Past the snapshot: what is written from now on comes from the log. */
    private void startStreaming() {
        server.start(PASSWORD);
        awaitStreaming();
    }

    private void awaitStreaming() {
        await().until(() -> !shop.query(
                        "SELECT FROM pg_replication_slots JOIN pg_stat_replication ON pid = active_pid WHERE slot_name = '%s' AND state = 'streaming'"
                                .formatted(server.publication()))
                .isEmpty());
    }
}
