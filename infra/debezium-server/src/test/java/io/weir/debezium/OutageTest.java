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
import java.io.IOException;
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
        PartProcess database = started(spec, folder);
        TestDatabase shop = new TestPostgres("127.0.0.1:" + port).createDatabase("shop");
        CaptureServer server = capturing(shop, kafka, registry, folder);
        try {
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.events(1);

            database.kill();
            database = started(spec, folder);
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");

            assertGoesOn(server);
        } finally {
            server.kill();
            database.kill();
        }
    }

    @Test
    void shouldBeginAgainWhereTheDatabaseSendsNothingAnyMore(
            TestKafka kafka, TestRegistry registry, @TempDir Path folder) throws Exception {
        int port = Ports.free();
        PartProcess database = started(LocalPostgres.part(WeirHome.find(), folder.resolve("postgres"), port), folder);
        TestDatabase shop = new TestPostgres("127.0.0.1:" + port).createDatabase("shop");
        CaptureServer server = capturing(shop, kafka, registry, folder);
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
            assertGoesOn(server);
        } finally {
            server.kill();
            database.kill();
        }
    }

    @Test
    void shouldGoOnWhileTheRegistryIsAway(TestKafka kafka, TestPostgres postgres, @TempDir Path folder)
            throws Exception {
        int port = Ports.free();
        PartProcess registry = started(LocalRegistry.partInMemory(WeirHome.find(), folder, port, Ports.free()), folder);
        TestDatabase shop = postgres.createDatabase(Testkit.unique("shop"));
        CaptureServer server = capturing(shop, kafka, new TestRegistry(LocalRegistry.url(port)), folder);
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
        PartProcess kafka = started(spec, folder);
        TestDatabase shop = postgres.createDatabase(Testkit.unique("shop"));
        CaptureServer server = capturing(shop, new TestKafka("127.0.0.1:" + port), registry, folder);
        try {
            server.start(TestPostgres.PASSWORD);
            shop.execute("INSERT INTO customers VALUES (1, 'Ada')");
            server.events(1);

            kafka.kill();
            shop.execute("INSERT INTO customers VALUES (2, 'Bob')");
            kafka = started(spec, folder);

            assertGoesOn(server);
        } finally {
            server.kill();
            kafka.kill();
            shop.drop();
        }
    }

    private static PartProcess started(PartSpec spec, Path folder) {
        return PartProcess.start(spec, folder.resolve(spec.name() + ".log"), folder.resolve(spec.name() + ".pid"))
                .awaitReady();
    }

    private static CaptureServer capturing(TestDatabase shop, TestKafka kafka, TestRegistry registry, Path folder)
            throws IOException {
        CaptureServer server = new CaptureServer(kafka, registry, folder, Testkit.unique("jaffle"));
        shop.execute("CREATE TABLE customers (id bigint PRIMARY KEY, name text)");
        server.domainFolder(shop.url(), TestPostgres.USER, "public.customers");
        return server;
    }

    private static void assertGoesOn(CaptureServer server) {
        assertThat(server.supervisedUntil(
                        events -> events.stream().anyMatch(event -> event.text().equals("c 2 Bob"))))
                .isNotEmpty();
        assertThat(server.isAlive()).isTrue();
    }

    private static void signal(String name, String pid) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor())
                .isZero();
    }
}
