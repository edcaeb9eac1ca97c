package io.weir.debezium;

import io.weir.infra.local.JavaPart;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Ports;
import io.weir.infra.local.Readiness;
import io.weir.infra.local.WeirHome;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.TestRegistry;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server, on a real database, Kafka and registry. */
@Timeout(180)
@WithMesh
class CaptureTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSWORD = "capture-secret";

    @TempDir
    private Path folder;

    private final TestKafka kafka;
    private final TestRegistry registry;
    private final TestPostgres postgres;
    private final String domain = Testkit.unique("jaffle");
    private final String role = Testkit.unique("weir_capture");
    private TestDatabase shop;
    private PartProcess server;

    CaptureTest(TestKafka kafka, TestRegistry registry, TestPostgres postgres) {
        this.kafka = kafka;
        this.registry = registry;
        this.postgres = postgres;
    }

    @BeforeEach
    void createShop() throws IOException {
        shop = postgres.createDatabase(Testkit.unique("shop"));
        postgres.createRole(role, PASSWORD, "REPLICATION");
        shop.execute(
                """
                CREATE TABLE customers (
                  id bigint PRIMARY KEY, name text, signed_up timestamptz, seen timestamp, seen_ms timestamp(3), born date, opens time,
                  spend numeric(12,2), loose numeric, active boolean, small smallint, plain integer, ratio double precision, single real,
                  code varchar(20), letter char(3), doc jsonb, uid uuid, raw bytea)""",
                "GRANT SELECT ON customers TO " + role,
                "CREATE PUBLICATION weir_%s_shop FOR TABLE customers".formatted(domain));
        Files.createDirectories(folder.resolve("domain/sources"));
        Files.createDirectories(folder.resolve("domain/contracts"));
        Files.writeString(folder.resolve("domain/domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: %s
                description: A domain for a test.
                team:
                  name: shop-data
                  contact: shop-data@jaffle.example
                """.formatted(domain));
        Files.writeString(folder.resolve("domain/contracts/customers.odcs.yaml"), """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s.customers
                version: 1.0.0
                status: active
                name: customers
                domain: %1$s
                schema:
                  - name: customers
                    physicalName: bronze.%1$s.customers.v1
                    physicalType: topic
                    logicalType: object
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                        primaryKeyPosition: 1
                        required: true
                """.formatted(domain));
        Files.writeString(folder.resolve("domain/sources/shop.yaml"), """
                apiVersion: weir/v1
                kind: Source
                name: shop
                connection:
                  url: %s
                  user: %s
                  passwordFrom: { env: SHOP_PASSWORD }
                tables:
                  - name: public.customers
                    product: customers
                """.formatted(shop.url(), role));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.kill();
        }
        shop.drop();
    }

    @Test
    void shouldCaptureEveryKindOfChange() throws Exception {
        shop.execute(
                "INSERT INTO customers VALUES (1, 'Ada', '2026-01-01T00:00:00.123456Z', '2026-01-01 00:00:00.123456',"
                        + " '2026-01-01 00:00:00.123', '1990-12-31', '10:30:00', 12.50, 1.5, true, 1, 2, 0.5, 0.25, 'x', 'y', '{\"a\": 1}',"
                        + " '00000000-0000-0000-0000-000000000001', '\\x0102')");
        start();
        List<Event> events = events(1);
        System.out.println("VALUE SCHEMA " + events.getFirst().value().getSchema());
        System.out.println("KEY " + events.getFirst());
        shop.execute(
                "UPDATE customers SET name = 'Ada L.' WHERE id = 1",
                "INSERT INTO customers (id, name) VALUES (2, 'Bob')",
                "UPDATE customers SET id = 3 WHERE id = 2",
                "DELETE FROM customers WHERE id = 1",
                "TRUNCATE customers");
        shop.execute(
                "SELECT pg_replication_origin_create('weir/" + domain + ".crm/0')",
                "SELECT pg_replication_origin_session_setup('weir/" + domain + ".crm/0')",
                "INSERT INTO customers (id, name) VALUES (9, 'Echo')");
        shop.execute("INSERT INTO customers (id, name) VALUES (10, 'Own')");
        events(9).forEach(event -> System.out.println("EVENT " + event + " " + event.headers()));
    }

    private record Event(GenericRecord key, GenericRecord value, Map<String, Object> headers) {
        String op() {
            return value.get("op").toString();
        }
    }

    private List<Event> events(int count) throws IOException {
        List<Event> events = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record :
                kafka.awaitRecords("source." + domain + ".shop.public.customers", count, LIMIT)) {
            Map<String, Object> headers = new java.util.TreeMap<>();
            for (Header header : record.headers()) {
                headers.put(
                        header.key(),
                        header.value().length == 8
                                ? ByteBuffer.wrap(header.value()).getLong()
                                : header.value().length);
            }
            events.add(new Event(
                    record.key() == null ? null : decode(record, record.key(), "apicurio.key.contentId"),
                    decode(record, record.value(), "apicurio.value.contentId"),
                    headers));
        }
        return events;
    }

    private GenericRecord decode(ConsumerRecord<byte[], byte[]> record, byte[] bytes, String header)
            throws IOException {
        long id = ByteBuffer.wrap(record.headers().lastHeader(header).value()).getLong();
        Schema schema =
                new Schema.Parser().parse(registry.get("/ids/contentIds/" + id).body());
        return new GenericDatumReader<GenericRecord>(schema)
                .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    }

    private void start() {
        int port = Ports.free();
        List<String> command = new ArrayList<>(List.of(WeirHome.java()));
        command.addAll(JavaPart.flags(96));
        command.addAll(List.of(
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-Dweir.domain=" + folder.resolve("domain"),
                "-Dweir.source=shop",
                "-Dweir.port=" + port,
                "-Dkafka.bootstrap.servers=" + kafka.bootstrapServers(),
                "-Dweir.registry.url=" + registry.url(),
                "-jar",
                WeirHome.find()
                        .resolve("infra/debezium-server/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        server = PartProcess.start(
                PartSpec.of(
                                "debezium",
                                command,
                                folder,
                                Readiness.http(URI.create("http://127.0.0.1:" + port + "/q/health/ready")))
                        .withEnvironment(Map.of("SHOP_PASSWORD", PASSWORD)),
                folder.resolve("debezium.log"),
                folder.resolve("debezium.pid"));
        try {
            server.awaitReady();
        } finally {
            System.out.println(server.logTail(200));
        }
    }
}
