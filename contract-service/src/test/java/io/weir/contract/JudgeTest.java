package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.contract.Incident.Event;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.MeshApplication;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.Output;
import io.weir.kit.stream.ProductOutput;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.Verdict;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Promises that are broken on purpose: real Kafka, real gates, short intervals. */
@WithMesh
class JudgeTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final List<String> PRODUCTS = List.of("fresh", "volume", "nulls", "twins", "drift");

    private final String domain = Testkit.unique("judge");
    private final Map<String, Long> brokenAtMs = new ConcurrentHashMap<>();
    private final AtomicBoolean done = new AtomicBoolean();
    private final Map<String, Long> ids = new ConcurrentHashMap<>();
    private final AtomicInteger nulls = new AtomicInteger();

    @TempDir
    Path folder;

    @TempDir
    Path state;

    @Test
    void shouldTellEveryPromiseThatIsBrokenAndNoneThatIsKept(TestKafka kafka) throws Exception {
        Domain contracts = contracts();
        Schemas schemas = InMemorySchemas.of(contracts.products().values());
        StageSettings settings = new StageSettings(
                "test",
                "test",
                kafka.bootstrapServers(),
                state,
                Duration.ofMillis(50),
                1,
                Duration.ofMillis(300),
                Map.of());
        Rules rules = new Rules(List.of(contracts));
        // Plans the models now, which otherwise happens at the first incident.
        assertThat(rules.downstream(contracts.find("silver.nulls").orElseThrow()))
                .isNotEmpty();
        try (var judge = new MeshApplication(
                        settings,
                        "judge." + domain,
                        List.of(MeshTopics.observations(), MeshTopics.verdicts(), MeshTopics.incidents()),
                        () -> JudgeTopology.of(rules, new WithinSeconds(), _ -> Optional.empty()));
                var stages = new StageRuntime(settings, schemas, new SimpleMeterRegistry(), null, Clock.systemUTC())) {
            for (String product : PRODUCTS) {
                kafka.createTopic(in(product), 1);
            }
            judge.start();
            stages.start(stages(contracts));
            await().atMost(LIMIT).until(() -> stages.statuses().stream()
                    .allMatch(stage -> stage.state() == StageStatus.State.RUNNING));
            Thread traffic = Thread.ofPlatform().daemon().start(() -> send(kafka, contracts));

            // Clean traffic, until all there is to be known of the usual is known.
            await().atMost(LIMIT.multipliedBy(2))
                    .until(() -> verdicts(kafka).stream()
                                    .filter(verdict -> verdict.state() == Verdict.State.KEPT)
                                    .map(Verdict::promise)
                                    .distinct()
                                    .filter(List.of("volume", "psi", "ks", "mean")::contains)
                                    .count()
                            == 4);
            await().atMost(LIMIT).during(Duration.ofSeconds(2)).untilAsserted(() -> assertThat(incidents(kafka))
                    .isEmpty());

            long brokenMs = System.currentTimeMillis();
            PRODUCTS.forEach(product -> brokenAtMs.put(product, brokenMs));
            Map<String, Incident> opened = new ConcurrentHashMap<>();
            Map<String, Long> haltedAtMs = new ConcurrentHashMap<>();
            await().atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(() -> {
                for (StageStatus stage : stages.statuses()) {
                    if (stage.state() == StageStatus.State.PAUSED) {
                        haltedAtMs.putIfAbsent(stage.stage(), System.currentTimeMillis());
                    }
                }
                incidents(kafka).stream()
                        .filter(incident -> incident.event() == Event.OPENED)
                        .forEach(incident -> opened.putIfAbsent(
                                incident.verdict().product() + " "
                                        + incident.verdict().promise(),
                                incident));
                return opened.size() >= 6 && haltedAtMs.size() >= 2;
            });
            brokenAtMs.clear();

            assertThat(opened)
                    .containsOnlyKeys(
                            topic("fresh") + " freshness",
                            topic("volume") + " volume",
                            topic("nulls") + " nullValues",
                            topic("twins") + " duplicateValues",
                            topic("drift") + " psi",
                            topic("drift") + " ks");
            opened.forEach((_, one) -> System.out.printf(
                    "breach to incident: %s %.1f s: %s%n",
                    one.verdict().promise(),
                    (one.openedAtMs() - brokenMs) / 1000d,
                    one.verdict().detail()));
            Incident incident = Objects.requireNonNull(opened.get(topic("nulls") + " nullValues"));
            haltedAtMs.forEach((stage, atMs) ->
                    System.out.printf("incident to halt: %s %.2f s%n", stage, (atMs - incident.openedAtMs()) / 1000d));
            assertThat(haltedAtMs.keySet())
                    .containsExactlyInAnyOrder(
                            "test.%s.nulls.v1".formatted(domain), "test.%s.reader.v1".formatted(domain));
            assertThat(haltedAtMs.values())
                    .allSatisfy(atMs -> assertThat(atMs - incident.openedAtMs()).isLessThan(1_000));
            assertThat(incident.verdict().demand()).isEqualTo("nullValues of \"email\": less than 10 percent");
            assertThat(incident.verdict().firstBad()).startsWith(in("nulls") + "-0@");
            assertThat(incident.owner().contact()).isEqualTo("team@example.org");
            assertThat(incident.affected())
                    .extracting(Incident.Affected::name)
                    .containsExactly("gold.%s.reader.v1".formatted(domain), "letters");

            await().atMost(LIMIT).untilAsserted(() -> assertThat(incidents(kafka).stream()
                            .filter(one -> one.event() == Event.RESOLVED)
                            .map(one -> one.verdict().product() + " "
                                    + one.verdict().promise()))
                    .containsExactlyInAnyOrderElementsOf(opened.keySet()));
            await().atMost(LIMIT).until(() -> stages.statuses().stream()
                    .allMatch(stage -> stage.state() == StageStatus.State.RUNNING));
            assertThat(incidents(kafka).stream().filter(one -> one.event() == Event.OPENED))
                    .hasSize(6);
            done.set(true);
            traffic.join();
        }
    }

    /** A hundred rows a second of each product, until the test is done. */
    private void send(TestKafka kafka, Domain contracts) {
        Random random = new Random(7);
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            long next = System.currentTimeMillis();
            while (!done.get()) {
                long now = System.currentTimeMillis();
                for (; next <= now; next += 100) {
                    for (String product : PRODUCTS) {
                        boolean broken = brokenAtMs.containsKey(product);
                        int rows = !broken ? 10 : product.equals("fresh") ? 0 : product.equals("volume") ? 1 : 10;
                        for (int i = 0; i < rows; i++) {
                            var unawaited = producer.send(record(contracts, product, broken, random));
                        }
                    }
                }
                producer.flush();
                Thread.sleep(50);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private ProducerRecord<byte[], byte[]> record(Domain contracts, String name, boolean broken, Random random) {
        long id = ids.merge(name, 1L, Long::sum);
        String email = "a%d@example.org".formatted(broken && name.equals("twins") ? id / 4 : id);
        double amount = random.nextGaussian(100, 20) + (broken && name.equals("drift") ? 60 : 0);
        // No more than it takes: what waits before a halted gate would halt it again.
        boolean hasNull = broken && name.equals("nulls") && id % 2 == 0 && nulls.incrementAndGet() <= 60;
        @Nullable Object[] row = {id, hasNull ? null : email, amount};
        DataProduct product = contracts.find("silver." + name).orElseThrow();
        var record = new ProducerRecord<>(
                in(name),
                RowCodec.ofKey(product).encode(new Object[] {id}),
                RowCodec.ofValue(product).encode(row));
        record.headers()
                .add(
                        ChangeHeaders.SOURCE_TIMESTAMP,
                        Long.toString(System.currentTimeMillis()).getBytes(UTF_8));
        return record;
    }

    private List<Incident> incidents(TestKafka kafka) {
        return ours(kafka, MeshTopics.INCIDENTS, Incident.class, incident -> incident.verdict()
                .product());
    }

    private List<Verdict> verdicts(TestKafka kafka) {
        return ours(kafka, MeshTopics.VERDICTS, Verdict.class, Verdict::product);
    }

    private <T extends Record> List<T> ours(
            TestKafka kafka, String topic, Class<T> type, java.util.function.Function<T, String> product) {
        Predicate<T> ours = one -> product.apply(one).contains("." + domain + ".");
        return kafka.records(topic).stream()
                .filter(record -> record.value() != null)
                .flatMap(record -> MeshJson.read(record.value(), type).stream())
                .filter(ours)
                .toList();
    }

    private String topic(String product) {
        return "silver.%s.%s.v1".formatted(domain, product);
    }

    private String in(String product) {
        return "in.%s.%s".formatted(domain, product);
    }

    private List<Copy> stages(Domain contracts) {
        List<Copy> stages = new java.util.ArrayList<>();
        for (String product : PRODUCTS) {
            stages.add(new Copy(in(product), contracts.find("silver." + product).orElseThrow()));
        }
        stages.add(new Copy(topic("nulls"), contracts.find("gold.reader").orElseThrow()));
        return stages;
    }

    private Domain contracts() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.createDirectories(folder.resolve("gold"));
        Files.createDirectories(folder.resolve("subscriptions"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: %s
                description: Promises.
                team:
                  name: judges
                  contact: team@example.org
                """.formatted(domain));
        contract("silver", "fresh", "", "", "");
        contract("silver", "volume", "", "", """
                    quality:
                      - type: custom
                        engine: weir
                        implementation: {metric: volume, mustBeBetween: [50, 200]}
                """);
        contract("silver", "nulls", """
                        quality:
                          - metric: nullValues
                            mustBeLessThan: 10
                            unit: percent
                            customProperties: [{property: onViolation, value: halt}]
                """, "", "");
        contract("silver", "twins", """
                        quality:
                          - metric: duplicateValues
                            mustBe: 0
                """, "", "");
        contract("silver", "drift", "", """
                        quality:
                          - type: custom
                            engine: weir
                            implementation: {metric: psi, mustBeLessThan: 0.25}
                          - type: custom
                            engine: weir
                            implementation: {metric: ks, mustBeLessThan: 0.3}
                          - type: custom
                            engine: weir
                            implementation: {metric: mean, mustBeBetween: [50, 250]}
                """, "");
        contract("gold", "reader", "", "", "");
        Files.writeString(folder.resolve("gold/reader.sql"), "SELECT id, email, amount FROM silver.nulls\n");
        Files.writeString(folder.resolve("subscriptions/letters.yaml"), """
                apiVersion: weir/v1
                kind: Subscription
                name: letters
                product: gold.%s.reader.v1
                purpose: Letters.
                team: {name: marketing, contact: marketing@example.org}
                columns: [{name: email}]
                """.formatted(domain));
        return DomainFolder.load(folder, _ -> null);
    }

    private void contract(String layer, String name, String emailQuality, String amountQuality, String quality)
            throws IOException {
        Files.writeString(folder.resolve("contracts/%s.odcs.yaml".formatted(name)), """
                apiVersion: v3.1.0
                kind: DataContract
                id: %1$s
                version: 1.0.0
                status: active
                name: %1$s
                domain: %2$s
                schema:
                  - name: %1$s
                    physicalName: %3$s.%2$s.%1$s.v1
                    customProperties: [{property: partitions, value: 1}]
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                      - name: email
                        logicalType: string
                %4$s      - name: amount
                        logicalType: number
                %5$s%6$s
                slaProperties:
                  - {property: %7$s, value: %8$d, unit: s}
                team: {name: judges}
                """.formatted(
                        name,
                        domain,
                        layer,
                        emailQuality,
                        amountQuality,
                        quality,
                        name.equals("fresh") ? "freshness" : "latency",
                        name.equals("fresh") ? 5 : 60));
    }

    /** Copies what it reads. */
    private static final class Copy implements Stage {

        private final String from;
        private final DataProduct output;

        Copy(String from, DataProduct output) {
            this.from = from;
            this.output = output;
        }

        @Override
        public StageId id() {
            return StageId.of("test", output.name());
        }

        @Override
        public String kind() {
            return "model";
        }

        @Override
        public List<String> inputTopics() {
            return List.of(from);
        }

        @Override
        public DataProduct output() {
            return output;
        }

        @Override
        public Topology topology(StageContext context) {
            StreamsBuilder builder = new StreamsBuilder();
            RowCodec codec = RowCodec.ofValue(output);
            ProductOutput.to(
                    builder.stream(
                                    from,
                                    Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                            .withName("input"))
                            .mapValues(
                                    value -> (Output) new Output.Upsert(codec.decode(value, codec.schema())),
                                    Named.as("copy")),
                    output,
                    context);
            return builder.build();
        }
    }

    /** Everything within seconds. */
    private static final class WithinSeconds implements ContractConfig.Judging {
        @Override
        public Duration window() {
            return Duration.ofSeconds(4);
        }

        @Override
        public Duration period() {
            return Duration.ofSeconds(2);
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration settle() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration haltLease() {
            return Duration.ofSeconds(3);
        }

        @Override
        public Duration tellEvery() {
            return Duration.ofSeconds(1);
        }
    }
}
