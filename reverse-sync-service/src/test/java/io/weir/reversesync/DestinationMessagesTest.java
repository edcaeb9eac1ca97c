package io.weir.reversesync;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageStatus.State;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What somebody reads who has not prepared the destination yet; each time the sync goes on by itself once it is mended. */
class DestinationMessagesTest {

    private final Fixture fixture = new Fixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldLeadFromAnEmptyDatabaseToARunningSync() {
        fixture.put(1, "DE", 1, "1.00");
        SyncStage stage = fixture.start();

        awaitMessage(
                stage,
                "table public.profile is not in",
                "CREATE TABLE public.profile (customer_id bigint, country text, order_count bigint, lifetime_spend numeric(14,2), last_order_at timestamp, PRIMARY KEY (customer_id))");
        fixture.database.execute(
                "CREATE TABLE public.profile (customer_id bigint, order_count boolean, lifetime_spend numeric(8,1), extra text NOT NULL)");

        awaitMessage(stage, "role weir_sync lacks SELECT, INSERT, UPDATE, DELETE on public.profile", "GRANT");
        fixture.database.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON public.profile TO weir_sync");

        awaitMessage(
                stage,
                "column country is not in table public.profile",
                "ALTER TABLE public.profile ADD COLUMN country text");
        fixture.database.execute(
                "ALTER TABLE public.profile ADD COLUMN country text, ADD COLUMN last_order_at timestamptz");

        awaitMessage(
                stage, "column order_count of public.profile", "is boolean, which does not hold orders", "TYPE bigint");
        fixture.database.execute("ALTER TABLE public.profile ALTER COLUMN order_count TYPE bigint USING 0");

        awaitMessage(stage, "column lifetime_spend", "is numeric with scale 1", "TYPE numeric(14,2)");
        fixture.database.execute("ALTER TABLE public.profile ALTER COLUMN lifetime_spend TYPE numeric(14,2)");

        awaitMessage(stage, "no unique constraint on exactly (customer_id)", "ADD UNIQUE (customer_id)");
        fixture.database.execute("ALTER TABLE public.profile ADD UNIQUE (customer_id)");

        awaitMessage(stage, "column extra of public.profile", "NOT NULL without a default");
        fixture.database.execute("ALTER TABLE public.profile ALTER COLUMN extra SET DEFAULT ''");

        awaitMessage(
                stage,
                "role weir_sync may not make the table weir.fence",
                "CREATE SCHEMA IF NOT EXISTS weir AUTHORIZATION weir_sync");
        fixture.database.execute("CREATE SCHEMA weir AUTHORIZATION weir_sync");

        awaitMessage(stage, "role weir_sync may not mark its writes", "GRANT EXECUTE ON FUNCTION");
        fixture.grantMark();

        await().untilAsserted(() -> assertThat(fixture.table()).isEqualTo(Map.of(1L, "DE 1 1.00")));
        await().until(() -> stage.status().state() == State.RUNNING);
    }

    @Test
    void shouldSayThatTheUserIsRefused() {
        Sync sync = fixture.sync(Sync.Mode.UPSERT);
        Sync stranger = new Sync(
                sync.domain(),
                sync.name(),
                sync.from(),
                new io.weir.kit.contract.Connection(
                        sync.to().url(), "stranger", sync.to().password()),
                sync.table(),
                sync.mode(),
                sync.key(),
                sync.fields(),
                sync.approvedBy(),
                sync.file());

        SyncStage stage = fixture.start(stranger);

        awaitMessage(stage, "refuses user stranger", "check user and passwordFrom in crm.yaml");
    }

    private static void awaitMessage(SyncStage stage, String... parts) {
        await().untilAsserted(() -> {
            assertThat(stage.status().detail()).isNotNull().contains(parts);
            assertThat(stage.status().state()).isEqualTo(State.FAILED);
        });
    }
}
