package io.weir.reversesync;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageStatus.State;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class SyncStageTest {

    private Fixture fixture;

    @BeforeEach
    void prepare() {
        fixture = Fixture.prepared();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldWriteChangesAndDeletions() {
        fixture.put(1, "DE", 2, "10.00");
        fixture.put(2, "US", 0, null);
        fixture.put(3, null, 1, "1.50");

        SyncStage stage = fixture.start();
        awaitTable(Map.of(1L, "DE 2 10.00", 2L, "US 0 null", 3L, "null 1 1.50"));
        fixture.topic.delete(2L);
        fixture.put(1, "DE", 3, "12.50");

        awaitTable(Map.of(1L, "DE 3 12.50", 3L, "null 1 1.50"));
        assertThat(fixture.database.query("SELECT last_order_at::text AS at FROM public.profile WHERE customer_id = 1"))
                .containsExactly(Map.of("at", "2026-03-01 10:00:00"));
        await().until(() -> Fixture.isDone(stage.status(), 5));
        assertThat(stage.status().freshnessP50Ms()).isPositive();
    }

    @Test
    void shouldHoldNothingButTheProductAsAMirror() {
        fixture.database.execute(
                "INSERT INTO public.profile (customer_id, country, order_count) VALUES (2, 'XX', 9), (77, 'YY', 1)");
        fixture.put(1, "DE", 2, "10.00");
        fixture.put(2, "US", 0, null);
        fixture.put(3, "FR", 1, null);
        fixture.topic.delete(3L);

        fixture.start(fixture.sync(Sync.Mode.MIRROR));

        awaitTable(Map.of(1L, "DE 2 10.00", 2L, "US 0 null"));

        fixture.database.execute("INSERT INTO public.profile (customer_id, order_count) VALUES (78, 1)");
        fixture.put(4, "ES", 1, null);

        awaitTable(Map.of(1L, "DE 2 10.00", 2L, "US 0 null", 4L, "ES 1 null"));
    }

    @Test
    void shouldRemoveNothingForAProductWithoutRows() {
        fixture.database.execute("INSERT INTO public.profile (customer_id, order_count) VALUES (77, 1)");
        fixture.topic.delete(5L);

        SyncStage stage = fixture.start(fixture.sync(Sync.Mode.MIRROR));

        await().until(() -> Fixture.isDone(stage.status(), 1));
        await().during(Duration.ofSeconds(2))
                .untilAsserted(() -> assertThat(fixture.table()).containsOnlyKeys(77L));
    }

    @Test
    void shouldTellWhatBecameOfEachChangeWithItsTrace() {
        fixture.put(1, "DE", 1, "1.00");
        fixture.put(1, "DE", 2, "2.00");
        fixture.topic.delete(2L);

        fixture.start();

        List<ConsumerRecord<byte[], byte[]>> outcomes =
                kafka().awaitRecords("outcome.%s.crm".formatted(fixture.domain), 3, LIMIT);
        assertThat(outcomes.stream().map(SyncStageTest::value))
                .anySatisfy(value -> assertThat(value).contains("\"result\":\"superseded\""))
                .anySatisfy(value -> assertThat(value).contains("\"result\":\"written\""))
                .anySatisfy(value -> assertThat(value).contains("\"result\":\"deleted\""));
        assertThat(outcomes)
                .filteredOn(record -> value(record).contains("written"))
                .allSatisfy(record -> assertThat(header(record, "traceparent")).isEqualTo(Fixture.TRACEPARENT))
                .allSatisfy(record -> assertThat(header(record, "weir-path"))
                        .isEqualTo("reverse-sync.%s.crm.v1".formatted(fixture.domain)));
    }

    @Test
    void shouldChangeNothingWhenTheWholeTopicComesAgain() {
        Sync sync = fixture.sync(Sync.Mode.UPSERT);
        for (int i = 0; i < 300; i++) {
            fixture.put(i % 20, "DE", i, "1.00");
        }
        fixture.topic.delete(7L);
        SyncStage first = fixture.start(sync);
        await().until(() -> Fixture.isDone(first.status(), 301));
        first.close();
        List<?> before = fixture.database.query("SELECT xmin::text, * FROM public.profile ORDER BY customer_id");

        fixture.forgetOffsets(sync);
        SyncStage second = fixture.start(sync);

        await().until(() -> Fixture.isDone(second.status(), 301));
        assertThat(before).hasSize(19);
        assertThat(fixture.database.query("SELECT xmin::text, * FROM public.profile ORDER BY customer_id"))
                .isEqualTo(before);
        assertThat(second.status().rowsOut()).isZero();
    }

    @Test
    void shouldRecogniseWhatWasCommittedBeforeItDied() throws SQLException {
        Sync sync = fixture.sync(Sync.Mode.UPSERT);
        fixture.put(1, "DE", 1, "1.00");
        try (PostgresDestination dying = fixture.destination(sync)) {
            new BatchWriter(dying)
                    .write(read(kafka().records(fixture.product.name().topic())));
        }
        fixture.database.execute("UPDATE public.profile SET country = 'XX'");

        SyncStage stage = fixture.start(sync);

        kafka().awaitRecords(
                        sync.outcomeTopic(),
                        records -> records.stream()
                                .anyMatch(record -> value(record).contains("already_applied")),
                        LIMIT);
        await().until(() -> Fixture.isDone(stage.status(), 1));
        assertThat(fixture.table()).isEqualTo(Map.of(1L, "XX 1 1.00"));
    }

    @Test
    void shouldNeverMoveARowBackwards() throws SQLException {
        Sync sync = fixture.sync(Sync.Mode.UPSERT);
        fixture.put(1, "DE", 1, "1.00");
        fixture.put(1, "DE", 2, "2.00");
        fixture.topic.delete(1L);
        List<PendingWrite> changes = read(kafka().records(fixture.product.name().topic()));

        List<String> words = new ArrayList<>();
        for (int i : List.of(1, 0, 2, 1, 0)) {
            try (PostgresDestination anotherLife = fixture.destination(sync)) {
                words.add(anotherLife.write(List.of(changes.get(i))).getFirst().word());
            }
        }

        assertThat(words).containsExactly("written", "skipped_stale", "deleted", "skipped_stale", "skipped_stale");
        assertThat(fixture.table()).isEmpty();
    }

    @Test
    void shouldGoOnWhenTheDatabaseComesBack() throws SQLException {
        fixture.put(1, "DE", 1, "1.00");
        SyncStage stage = fixture.start();
        awaitTable(Map.of(1L, "DE 1 1.00"));
        String name = fixture.database.name();

        Testkit.postgres()
                .execute(
                        "ALTER DATABASE \"%s\" ALLOW_CONNECTIONS false".formatted(name),
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'".formatted(name));
        await().until(() -> stage.status().state() == State.WAITING);
        String said = stage.status().detail();
        fixture.put(1, "DE", 2, "2.00");
        Testkit.postgres().execute("ALTER DATABASE \"%s\" ALLOW_CONNECTIONS true".formatted(name));

        awaitTable(Map.of(1L, "DE 2 2.00"));
        await().until(() -> Fixture.isDone(stage.status(), 2));
        assertThat(said).contains("destination " + name).contains("trying again");
        assertThat(stage.status().restarts()).isZero();
    }

    @Test
    void shouldQuarantineTheRowThatIsRefusedAndWriteTheRest() {
        fixture.database.execute("ALTER TABLE public.profile ADD CONSTRAINT paid CHECK (lifetime_spend >= 0)");
        for (int i = 0; i < 100; i++) {
            fixture.put(i, "DE", i, "1.00");
        }
        fixture.put(40, "DE", 41, "-1.00");
        fixture.put(50, "far too long", 51, "1.00");
        fixture.put(60, "DE", 3_000_000_000L, "1.00");

        SyncStage stage = fixture.start();

        List<ConsumerRecord<byte[], byte[]>> refused =
                kafka().awaitRecords("quarantine.outcome.%s.crm".formatted(fixture.domain), 3, LIMIT);
        await().until(() -> Fixture.isDone(stage.status(), 103));
        assertThat(fixture.table())
                .hasSize(100)
                .containsEntry(40L, "DE 40 1.00")
                .containsEntry(50L, "DE 50 1.00")
                .containsEntry(60L, "DE 60 1.00");
        assertThat(refused)
                .extracting(record -> header(record, "weir-reason"), record -> header(record, "weir-rule"))
                .containsOnly(
                        org.assertj.core.groups.Tuple.tuple("DESTINATION_REFUSED", "23514"),
                        org.assertj.core.groups.Tuple.tuple("DESTINATION_REFUSED", "22001"),
                        org.assertj.core.groups.Tuple.tuple("DESTINATION_REFUSED", "22003"));
        assertThat(refused).allSatisfy(record -> assertThat(header(record, "weir-detail"))
                .contains("public.profile refuses the row: SQLSTATE")
                .doesNotContain("far too long")
                .doesNotContain("3000000000"));
        assertThat(refused)
                .anySatisfy(record -> assertThat(header(record, "weir-detail")).contains("constraint paid"));
        assertThat(stage.status().quarantined()).isEqualTo(3);
    }

    @Test
    void shouldWriteARefusedRowThatItReadsAgainOnceTheDestinationIsMended() {
        fixture.database.execute("ALTER TABLE public.profile ADD CONSTRAINT paid CHECK (lifetime_spend >= 0)");
        fixture.put(1, "DE", 1, "-1.00");
        SyncStage stage = fixture.start();
        await().until(() -> Fixture.isDone(stage.status(), 1));
        assertThat(fixture.table()).isEmpty();

        fixture.database.execute("ALTER TABLE public.profile DROP CONSTRAINT paid");
        fixture.put(1, "DE", 1, "-1.00");

        awaitTable(Map.of(1L, "DE 1 -1.00"));
        assertThat(stage.status().quarantined()).isEqualTo(1);
    }

    @Test
    void shouldWriteRowsAgainWhenTheFieldListChanges() {
        fixture.put(1, "DE", 1, "1.00");
        SyncStage narrow = fixture.start(fixture.sync(Sync.Mode.UPSERT, Map.of("orders", "order_count")));
        awaitTable(Map.of(1L, "null 1 null"));
        await().until(() -> Fixture.isDone(narrow.status(), 1));
        narrow.close();

        fixture.start(fixture.sync(Sync.Mode.UPSERT));

        awaitTable(Map.of(1L, "DE 1 1.00"));
    }

    @Test
    void shouldOnlyAddRowsInInsertMode() {
        fixture.database.execute("INSERT INTO public.profile VALUES (1, 'US', 9, 9.00)");
        fixture.put(1, "DE", 1, "1.00");
        fixture.put(2, "DE", 1, "1.00");
        fixture.topic.delete(1L);

        SyncStage stage = fixture.start(fixture.sync(Sync.Mode.INSERT));

        awaitTable(Map.of(1L, "US 9 9.00", 2L, "DE 1 1.00"));
        await().until(() -> Fixture.isDone(stage.status(), 3));
        assertThat(fixture.table()).hasSize(2);
    }

    @Test
    void shouldOnlyChangeRowsInUpdateMode() {
        fixture.database.execute("INSERT INTO public.profile VALUES (1, 'US', 9, 9.00)");
        fixture.put(1, "DE", 1, "1.00");
        fixture.put(2, "DE", 1, "1.00");

        SyncStage stage = fixture.start(fixture.sync(Sync.Mode.UPDATE));

        awaitTable(Map.of(1L, "DE 1 1.00"));
        await().until(() -> Fixture.isDone(stage.status(), 2));
        assertThat(fixture.table()).hasSize(1);
    }

    @Test
    void shouldMarkItsTransactionsForWhoeverCapturesTheDestination() throws SQLException {
        String slot = Testkit.unique("echo");
        fixture.database.execute("SELECT pg_create_logical_replication_slot('%s', 'test_decoding')".formatted(slot));
        fixture.put(1, "DE", 1, "1.00");
        SyncStage stage = fixture.start();
        await().until(() -> Fixture.isDone(stage.status(), 1));
        try (Connection somebody = fixture.database.connect();
                Statement statement = somebody.createStatement()) {
            statement.execute("UPDATE public.profile SET country = 'FR'");
        }

        String changes =
                "SELECT data FROM pg_logical_slot_peek_changes('%s', NULL, NULL, 'only-local', '%s') WHERE data LIKE 'table public.profile%%'";
        List<Map<String, Object>> everything = fixture.database.query(changes.formatted(slot, "0"));
        List<Map<String, Object>> withoutWeir = fixture.database.query(changes.formatted(slot, "1"));

        assertThat(everything).hasSize(2);
        assertThat(withoutWeir).hasSize(1);
        assertThat(withoutWeir.getFirst().get("data").toString())
                .contains("UPDATE")
                .contains("FR");
        assertThat(fixture.database.query("SELECT roname FROM pg_replication_origin WHERE roname LIKE 'weir/%s.%%'"
                        .formatted(fixture.domain)))
                .containsExactly(Map.of("roname", "weir/%s.crm/0".formatted(fixture.domain)));
    }

    @Test
    void shouldPauseForAsLongAsItIsAsked() {
        SyncStage stage = fixture.start();
        await().until(() -> stage.status().state() == State.RUNNING);

        stage.pauseUntil(Long.MAX_VALUE);
        await().until(() -> stage.status().state() == State.PAUSED);
        fixture.put(1, "DE", 1, "1.00");
        await().pollDelay(Duration.ofMillis(400)).until(() -> stage.status().state() == State.PAUSED);
        StageStatus paused = stage.status();
        stage.pauseUntil(System.currentTimeMillis() + 300);

        assertThat(paused.rowsOut()).isZero();
        awaitTable(Map.of(1L, "DE 1 1.00"));
    }

    private List<PendingWrite> read(List<ConsumerRecord<byte[], byte[]>> records) {
        ChangeReader reader =
                new ChangeReader(fixture.product, SyncStage.idOf(fixture.sync(Sync.Mode.UPSERT)), fixture.schemas);
        return records.stream()
                .map(record -> ((ChangeReader.Read.Change) reader.read(record)).write())
                .toList();
    }

    private void awaitTable(Map<Long, String> expected) {
        await().untilAsserted(() -> assertThat(fixture.table()).isEqualTo(expected));
    }

    private static TestKafka kafka() {
        return Testkit.kafka();
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
