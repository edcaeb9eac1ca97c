package io.weir.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import io.weir.infra.local.LocalKafka;
import io.weir.infra.local.LocalPostgres;
import io.weir.infra.local.LocalRegistry;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Ports;
import io.weir.infra.local.WeirHome;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What the server does when its database, Kafka or the registry dies under it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@WithMesh
@Execution(ExecutionMode.CONCURRENT)
class OutageTest {

    @Test
    void shouldGoOnWhenTheDatabaseComesBack(TestKafka kafka, TestRegistry registry, @TempDir Path folder)
            throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalPostgres.part(WeirHome.find(), folder.resolve("postgres"), port);
        PartProcess database = PartProcess.start(spec, folder.resolve("postgres.log"), folder.resolve("postgres.pid"));
        database.awaitReady();
        TestDatabase shop = new TestPostgres("127.0.0.1:" + port).createDatabase("shop");
        CaptureServer server = new CaptureServer(kafka, registry, folder, Testkit.unique("jaffle"));
        shop.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        server.domainFolder(shop.url(), TestPostgres.USER, "public.customers");
        try {
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.events(1);

            database.kill();
            database = PartProcess.start(spec, folder.resolve("postgres.log"), folder.resolve("postgres.pid"));
            database.awaitReady();
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");

            assertThat(server.supervisedUntil(events ->
                            events.stream().anyMatch(event -> event.text().equals("c 2 Bob"))))
                    .isNotEmpty();
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.kill();
            database.kill();
        }
    }

    @Test
    void shouldBeginAgainWhereTheDatabaseSendsNothingAnyMore(
            TestKafka kafka, TestRegistry registry, @TempDir Path folder) throws Exception {
        int port = Ports.free();
        PartProcess database = PartProcess.start(
                LocalPostgres.part(WeirHome.find(), folder.resolve("postgres"), port),
                folder.resolve("postgres.log"),
                folder.resolve("postgres.pid"));
        database.awaitReady();
        TestDatabase shop = new TestPostgres("127.0.0.1:" + port).createDatabase("shop");
        CaptureServer server = new CaptureServer(kafka, registry, folder, Testkit.unique("jaffle"));
        shop.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        server.domainFolder(shop.url(), TestPostgres.USER, "public.customers");
        try {
            server.settings("-D" + CaptureOptions.STANDSTILL + "=PT15S");
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.supervisedUntil(events -> !events.isEmpty());
            String sender = String.valueOf(shop.query("SELECT active_pid FROM pg_replication_slots")
                    .getFirst()
                    .get("active_pid"));

            signal("STOP", sender);
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");
            try {
                assertThat(server.awaitEnd()).isEqualTo(3);
            } finally {
                signal("CONT", sender);
            }

            assertThat(server.log()).contains("for 15 s nothing of it has come out");
            assertThat(server.supervisedUntil(events ->
                            events.stream().anyMatch(event -> event.text().equals("c 2 Bob"))))
                    .isNotEmpty();
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.kill();
            database.kill();
        }
    }

    @Test
    void shouldGoOnWhileTheRegistryIsAway(TestKafka kafka, TestPostgres postgres, @TempDir Path folder)
            throws Exception {
        int port = Ports.free();
        PartProcess registry = PartProcess.start(
                LocalRegistry.partInMemory(WeirHome.find(), folder, port, Ports.free()),
                folder.resolve("registry.log"),
                folder.resolve("registry.pid"));
        registry.awaitReady();
        TestDatabase shop = postgres.createDatabase(Testkit.unique("shop"));
        CaptureServer server =
                new CaptureServer(kafka, new TestRegistry(LocalRegistry.url(port)), folder, Testkit.unique("jaffle"));
        shop.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        server.domainFolder(shop.url(), TestPostgres.USER, "public.customers");
        // Asked again for each record, as otherwise every half minute.
        server.settings(
                "-Ddebezium.format.key.apicurio.registry.check-period-ms=1",
                "-Ddebezium.format.value.apicurio.registry.check-period-ms=1");
        try {
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.events(1);

            registry.kill();
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");

            assertThat(server.events(2)).extracting(CapturedEvent::text).contains("c 2 Bob");
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.kill();
            registry.kill();
            shop.drop();
        }
    }

    @Test
    void shouldGoOnWhenKafkaComesBack(TestRegistry registry, TestPostgres postgres, @TempDir Path folder)
            throws Exception {
        int port = Ports.free();
        PartSpec spec = LocalKafka.part(WeirHome.find(), folder.resolve("kafka"), port, Ports.free());
        PartProcess kafka = PartProcess.start(spec, folder.resolve("kafka.log"), folder.resolve("kafka.pid"));
        kafka.awaitReady();
        TestDatabase shop = postgres.createDatabase(Testkit.unique("shop"));
        CaptureServer server =
                new CaptureServer(new TestKafka("127.0.0.1:" + port), registry, folder, Testkit.unique("jaffle"));
        shop.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        server.domainFolder(shop.url(), TestPostgres.USER, "public.customers");
        try {
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.events(1);

            kafka.kill();
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");
            kafka = PartProcess.start(spec, folder.resolve("kafka.log"), folder.resolve("kafka.pid"));
            kafka.awaitReady();

            assertThat(server.supervisedUntil(events ->
                            events.stream().anyMatch(event -> event.text().equals("c 2 Bob"))))
                    .isNotEmpty();
            assertThat(server.isAlive()).isTrue();
        } finally {
            server.kill();
            kafka.kill();
            shop.drop();
        }
    }

    private static void signal(String name, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }
}
