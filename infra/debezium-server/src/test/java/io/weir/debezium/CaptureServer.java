package io.weir.debezium;

import static io.weir.kit.testkit.Patience.LIMIT;

import io.weir.infra.local.JavaPart;
import io.weir.infra.local.PartProcess;
import io.weir.infra.local.PartSpec;
import io.weir.infra.local.Ports;
import io.weir.infra.local.Readiness;
import io.weir.infra.local.WeirHome;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.TestRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** The packaged server as a process, the domain folder that it is given, and what it writes. */
final class CaptureServer {

    private static final int LOG_LINES = 120;

    private final Map<Long, Schema> schemas = new ConcurrentHashMap<>();
    private final TestKafka kafka;
    private final TestRegistry registry;
    private final Path folder;
    private final String domain;
    private PartProcess process;
    private String password;
    private List<String> settings = List.of();

    CaptureServer(TestKafka kafka, TestRegistry registry, Path folder, String domain) {
        this.kafka = kafka;
        this.registry = registry;
        this.folder = folder;
        this.domain = domain;
    }

    String domain() {
        return domain;
    }

    String publication() {
        return "weir_" + domain + "_shop";
    }

    void domainFolder(String url, String role, String table) throws IOException {
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
                  - name: %s
                    product: customers
                """.formatted(url, role, table));
    }

    /** For each later start: options of the JVM. */
    void settings(String... settings) {
        this.settings = List.of(settings);
    }

    /** Starts it and waits until it is ready. */
    void start(String password) {
        this.password = password;
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
                "-Dweir.registry.url=" + registry.url()));
        command.addAll(settings);
        command.addAll(List.of(
                "-jar",
                WeirHome.find()
                        .resolve("infra/debezium-server/target/quarkus-app/quarkus-run.jar")
                        .toString()));
        process = PartProcess.start(
                PartSpec.of(
                                "debezium",
                                command,
                                folder,
                                Readiness.http(URI.create("http://127.0.0.1:" + port + "/q/health/ready")))
                        .withTimeouts(LIMIT, Duration.ofSeconds(10))
                        .withEnvironment(Map.of("SHOP_PASSWORD", password)),
                folder.resolve("debezium.log"),
                folder.resolve("debezium.pid"));
        process.awaitReady();
    }

    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    /** Waits until it has ended by itself; its exit code. */
    int awaitEnd() throws Exception {
        process.onExit().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        return process.exitCode().orElseThrow();
    }

    String log() throws IOException {
        return Files.readString(folder.resolve("debezium.log"));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The events of the one captured table, as soon as there are so many. */
    List<CapturedEvent> events(int count) {
        return decode(kafka.awaitRecords(topic(), count, LIMIT));
    }

    List<CapturedEvent> eventsUntil(Predicate<List<CapturedEvent>> condition) {
        List<CapturedEvent> events = new ArrayList<>();
        try {
            kafka.awaitRecords(
                    topic(),
                    records -> {
                        events.addAll(decode(records.subList(events.size(), records.size())));
                        return condition.test(events);
                    },
                    LIMIT);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; " + whatItSays(), e);
        }
        return events;
    }

    /** The same, with what a supervisor does beside it: a server that ends is started again. */
    List<CapturedEvent> supervisedUntil(Predicate<List<CapturedEvent>> condition) {
        return eventsUntil(events -> {
            if (!isAlive()) {
                start(password);
            }
            return condition.test(events);
        });
    }

    private String whatItSays() {
        String state = isAlive() ? "the server lives" : "the server has ended";
        try {
            List<String> log = Files.readAllLines(folder.resolve("debezium.log"));
            return state + ". It wrote:\n"
                    + String.join("\n", log.subList(Math.max(0, log.size() - LOG_LINES), log.size()));
        } catch (IOException e) {
            return state + ", its log cannot be read: " + e;
        }
    }

    private String topic() {
        return "source." + domain + ".shop.public.customers";
    }

    private List<CapturedEvent> decode(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> new CapturedEvent(
                        record.key() == null
                                ? null
                                : decode(
                                        record.key(),
                                        SchemaHeaders.keyId(record.headers()).orElseThrow()),
                        decode(
                                record.value(),
                                SchemaHeaders.valueId(record.headers()).orElseThrow())))
                .toList();
    }

    private GenericRecord decode(byte[] bytes, long contentId) {
        Schema schema = schemas.computeIfAbsent(contentId, id -> new Schema.Parser()
                .parse(registry.get("/ids/contentIds/" + id).body()));
        try {
            return new GenericDatumReader<GenericRecord>(schema)
                    .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
