package io.weir.reversesync;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.Connection;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.Secret;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageTracing;
import io.weir.kit.testkit.RowTopic;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.Testkit;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/** A product, a destination and a sync between them, apart from those of every other test. */
final class Fixture implements AutoCloseable {

    static final String ROLE = "weir_sync";
    static final String PASSWORD = "secret";

    static final String TABLE = """
            CREATE TABLE public.profile (
              customer_id bigint PRIMARY KEY, country varchar(2), order_count integer NOT NULL,
              lifetime_spend numeric(14,2), last_order_at timestamp(3))""";

    final String domain = Testkit.unique("shop");
    final DataProduct product = product(domain, Map.of());
    final InMemorySchemas schemas = InMemorySchemas.of(product);
    final TestDatabase database = Testkit.postgres().createDatabase(Testkit.unique("crm"));
    final RowTopic topic = Testkit.kafka().rows(product, schemas).create();
    private final List<SyncStage> started = new ArrayList<>();

    /** With the destination as its administrator would set it up. */
    static Fixture prepared() {
        Fixture fixture = new Fixture();
        fixture.database.execute(
                TABLE,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON public.profile TO weir_sync",
                "CREATE SCHEMA weir AUTHORIZATION weir_sync");
        fixture.grantMark();
        return fixture;
    }

    /** With an empty database. */
    Fixture() {
        Testkit.postgres().execute("""
                        DO $$ BEGIN
                          CREATE ROLE weir_sync LOGIN PASSWORD 'secret';
                        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                        END $$""");
    }

    void grantMark() {
        database.execute("""
                GRANT EXECUTE ON FUNCTION pg_replication_origin_oid(text), pg_replication_origin_create(text),
                  pg_replication_origin_session_setup(text) TO weir_sync""");
    }

    static DataProduct product(String domain, Map<String, Object> document) {
        return new DataProduct(
                new ProductName(Layer.GOLD, domain, "profile", 1),
                "1.0.0",
                new RowType(List.of(
                        new Column("customer_id", new DataType.BigInt(), false),
                        new Column("country", new DataType.Varchar(), true),
                        new Column("orders", new DataType.BigInt(), false),
                        new Column("spend", new DataType.Decimal(14, 2), true),
                        new Column("last_order_at", new DataType.Timestamp(false), true),
                        new Column("email", new DataType.Varchar(), true))),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                2,
                Path.of("contracts/profile.odcs.yaml"),
                document);
    }

    Sync sync(Sync.Mode mode) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("country", "country");
        fields.put("orders", "order_count");
        fields.put("spend", "lifetime_spend");
        fields.put("last_order_at", "last_order_at");
        return sync(mode, fields);
    }

    Sync sync(Sync.Mode mode, Map<String, String> fields) {
        return new Sync(
                domain,
                "crm",
                product.name(),
                new Connection(URI.create(database.url()), ROLE, Optional.of(new Secret.Env("CRM_PASSWORD"))),
                "public.profile",
                mode,
                Map.of("customer_id", "customer_id"),
                fields,
                "owner@example",
                Path.of("syncs/crm.yaml"));
    }

    /** Writes a row of the product; what the sync leaves out is there too. */
    void put(long customer, String country, long orders, String spend) {
        topic.put(
                Map.of("weir-source-ts", Long.toString(System.currentTimeMillis()), "traceparent", TRACEPARENT),
                customer,
                country,
                orders,
                spend == null ? null : new BigDecimal(spend),
                1_772_359_200_000L,
                "somebody@example");
    }

    static final String TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    SyncStage stage(Sync sync) {
        StageSettings settings = new StageSettings(
                "reverse-sync",
                "test",
                Testkit.kafka().bootstrapServers(),
                Path.of("target"),
                Duration.ofMillis(100),
                1,
                Map.of());
        SyncStage stage = new SyncStage(
                sync,
                product,
                new SyncStage.Surroundings(
                        settings,
                        schemas,
                        new StageMeters(SyncStage.idOf(sync), new SimpleMeterRegistry(), Clock.systemUTC()),
                        new StageTracing(SyncStage.idOf(sync), null),
                        Clock.systemUTC(),
                        new Random(1),
                        new Passwords(Map.of("CRM_PASSWORD", PASSWORD)),
                        500,
                        Duration.ofMillis(50),
                        Duration.ofMillis(500),
                        Duration.ofMillis(200)));
        started.add(stage);
        return stage;
    }

    SyncStage start(Sync sync) {
        SyncStage stage = stage(sync);
        stage.start();
        return stage;
    }

    SyncStage start() {
        return start(sync(Sync.Mode.UPSERT));
    }

    PostgresDestination destination(Sync sync) throws SQLException {
        return PostgresDestination.open(sync, PASSWORD, SyncStage.idOf(sync), topicId(), Target.of(sync, product));
    }

    UUID topicId() {
        String name = product.name().topic();
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Testkit.kafka().bootstrapServers()))) {
            Uuid id = admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get()
                    .get(name)
                    .topicId();
            return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** The next stage reads the whole topic again. */
    void forgetOffsets(Sync sync) {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", Testkit.kafka().bootstrapServers()))) {
            String group = SyncStage.idOf(sync).toString();
            admin.removeMembersFromConsumerGroup(
                            group, new org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions())
                    .all()
                    .get();
            admin.deleteConsumerGroups(List.of(group)).all().get();
        } catch (InterruptedException | ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** {@code customer_id -> "country orders spend"}. */
    Map<Long, String> table() {
        Map<Long, String> rows = new LinkedHashMap<>();
        for (Map<String, Object> row : database.query("SELECT * FROM public.profile ORDER BY customer_id")) {
            rows.put(
                    (Long) row.get("customer_id"),
                    "%s %s %s".formatted(row.get("country"), row.get("order_count"), row.get("lifetime_spend")));
        }
        return rows;
    }

    static boolean isDone(StageStatus status, long rowsIn) {
        return status.state() == StageStatus.State.RUNNING && status.rowsIn() == rowsIn && status.lag() == 0;
    }

    @Override
    public void close() {
        started.forEach(SyncStage::close);
        database.drop();
        // They are the whole server's, and few.
        Testkit.postgres()
                .execute(
                        "SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin WHERE roname LIKE 'weir/%s.%%'"
                                .formatted(domain));
    }
}
