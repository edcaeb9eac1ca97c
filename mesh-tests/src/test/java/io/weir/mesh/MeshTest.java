package io.weir.mesh;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.weir.kit.testkit.TestKafka;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The whole mesh, as a newcomer starts it: rows arrive, promises hold, and whatever is killed comes back. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class MeshTest {

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path state;

    /** Promises are judged over seconds here, and history is as short. */
    private static final Map<String, String> SOON = Map.of(
            "WEIR_OBSERVE_EVERY", "1s",
            "WEIR_JUDGE_WINDOW", "8s",
            "WEIR_JUDGE_PERIOD", "8s",
            "WEIR_JUDGE_SETTLE", "1s");

    private static final List<String> SERVICES = List.of("ingest", "conform", "feature", "contract", "reverse-sync");

    /** How long clean traffic is watched: {@code -Dmesh.clean=PT10M} for ten minutes. */
    private static final Duration CLEAN = Duration.parse(System.getProperty("mesh.clean", "PT15S"));

    /** What of the simulator's dirt no model can clean. */
    private static final List<String> DIRT = List.of(
            "CONTRACT_VIOLATED format email",
            "CONTRACT_VIOLATED pattern country",
            "CONTRACT_VIOLATED minimum quantity");

    private static RunningMesh mesh;
    private static Promises promises;

    @BeforeAll
    static void startMesh() throws IOException {
        mesh = RunningMesh.start(state.resolve("weir"), domainOfTheTest(), SOON);
        // So that no product is ever without rows, which breaks a promise, and the simulator finds a shop to play in.
        mesh.sql("shop", "INSERT INTO products VALUES ('TST-0', 'Toast', 'jaffle', 5.00, 'Dry.')");
        mesh.sql("shop", "INSERT INTO stores VALUES (900, 'Hometown', 'Berlin', '2026-01-01', 0.19)");
        mesh.sql("shop", "INSERT INTO customers VALUES (9100, 'Eve', 'eve@example.com', 'Germany', now())");
        promises = new Promises(mesh.address("ingest"));
    }

    @AfterAll
    static void stopMesh() {
        if (promises != null) {
            promises.close();
        }
        if (mesh != null) {
            mesh.close();
        }
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> shouldCarryEachChangeToTheEnd() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream cases = MeshTest.class.getResourceAsStream("/cases/jaffle-shop.yaml")) {
            for (JsonNode each : YAML.readTree(cases)) {
                tests.add(DynamicTest.dynamicTest(each.path("name").asText(), () -> run(each)));
            }
        }
        return tests.stream();
    }

    @Test
    @Order(2)
    void shouldHoldWhatTheContractRefusedWithItsReason() {
        RunningMesh.Answer watched = mesh.weir(
                "watch",
                "quarantine.silver.jaffle.customer.v1",
                "--from-beginning",
                "--limit",
                "1",
                "--output",
                "json");

        assertThat(watched.exitCode()).as(watched.err()).isZero();
        assertThat(watched.out()).contains("CONTRACT_VIOLATED").contains("country");
    }

    @Test
    @Order(3)
    void shouldStopTheEchoOfItsOwnWritesAndTakeEverybodyElses() {
        long written = stage("reverse-sync.jaffle.crm.v1").path("rowsOut").asLong();
        assertThat(written).isPositive();
        await().untilAsserted(() -> assertThat(
                        stage("ingest.jaffle.crm_profiles.v1").path("stopped").asLong())
                .isPositive());
        assertThat(stage("ingest.jaffle.crm_profiles.v1").path("rowsOut").asLong())
                .isZero();

        mesh.sql(
                "crm",
                "INSERT INTO customer_profile (customer_id, order_count, item_count, lifetime_spend) VALUES (777001, 0, 0, 0)");

        await().untilAsserted(() -> assertThat(
                        stage("ingest.jaffle.crm_profiles.v1").path("rowsOut").asLong())
                .isEqualTo(1));
        mesh.sql("crm", "DELETE FROM customer_profile WHERE customer_id = 777001");
    }

    @Test
    @Order(4)
    void shouldExportEveryMetricThatTheAlertsAskFor() throws IOException {
        for (PrometheusRules.Asked asked : PrometheusRules.asked()) {
            await().untilAsserted(() -> assertThat(SERVICES.stream().map(MeshTest::metrics))
                    .as("%s", asked)
                    .anyMatch(asked::isIn));
        }
    }

    @Test
    @Order(5)
    void shouldTellNothingOfCleanTraffic() {
        TestKafka kafka = new TestKafka(mesh.kafka());
        String contracts = mesh.address("contract");
        // Judged against its own history, which takes five periods.
        await().until(() -> verdicts(contracts).containsAll(List.of("quiet volume", "content psi", "content ks")));
        Process traffic = mesh.begin("demo", "--rate", "50", "--seed", "11");
        long endMs = System.currentTimeMillis() + CLEAN.toMillis();

        try {
            await().atMost(CLEAN.plus(LIMIT))
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> {
                        assertThat(incidents(contracts, "all")).isEmpty();
                        assertThat(traffic.isAlive()).isTrue();
                        return System.currentTimeMillis() > endMs;
                    });
        } finally {
            traffic.destroy();
        }

        await().until(() -> !traffic.isAlive());
        List<String> quarantined = kafka.topics().stream()
                .filter(topic -> topic.startsWith("quarantine."))
                .flatMap(topic -> quarantined(kafka, topic).stream())
                .toList();
        assertThat(DIRT).containsAll(quarantined);
        System.out.printf(
                "clean traffic for %s: %d verdicts, no incident, %d rows of dirt in quarantine%n",
                CLEAN, verdicts(contracts).size(), quarantined.size());
    }

    @Test
    @Order(6)
    void shouldTellEachKindOfBreachAndItsEndAndNothingElse() {
        TestKafka kafka = new TestKafka(mesh.kafka());
        String contracts = mesh.address("contract");
        // Judged against its own history, which takes five periods.
        await().until(() -> verdicts(contracts).containsAll(List.of("quiet volume", "content psi", "content ks")));
        assertThat(incidents(contracts, "all")).isEmpty();

        promises.push("halting", BREACHES.stream().map(Breach::row).toList());
        promises.push("halting", List.of(Promises.halting(100, "email", "first@example.org")));
        promises.push("halting", List.of(Promises.halting(100, "email", "second@example.org")));
        promises.push("halting", List.of(Promises.halting(101, "customer_id", 9100)));
        byte[] nobodysKey = {0x7f};
        kafka.send("bronze.jaffle.halting.v1", nobodysKey, "no Avro".getBytes(StandardCharsets.UTF_8));
        sendInACircle(kafka, "first@example.org", "second@example.org");
        await().untilAsserted(() -> assertThat(quarantined(kafka, "quarantine.silver.jaffle.checked.v1"))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                BREACHES.stream().map(breach -> "CONTRACT_VIOLATED " + breach.rule()),
                                Stream.of("DECODE_FAILED email", "LOOP"))
                        .toList()));
        kafka.send("bronze.jaffle.halting.v1", nobodysKey, null);

        long brokenMs = System.currentTimeMillis();
        promises.breaks(true);
        await().untilAsserted(() -> assertThat(states("ingest.jaffle.halting.v1", "conform.jaffle.checked.v1"))
                .containsOnly("PAUSED"));
        await().untilAsserted(() -> assertThat(incidents(contracts, "all")).containsAll(TOLD));
        promises.breaks(false);
        tellHowLongItTook(contracts, brokenMs);

        await().untilAsserted(() -> assertThat(incidents(contracts, "open")).isEmpty());
        assertThat(incidents(contracts, "all")).containsExactlyInAnyOrderElementsOf(TOLD);
        await().untilAsserted(() -> assertThat(states("ingest.jaffle.halting.v1", "conform.jaffle.checked.v1"))
                .containsOnly("RUNNING"));
        promises.close();
    }

    private static void tellHowLongItTook(String contracts, long brokenMs) {
        Map<String, Long> openedMs = new LinkedHashMap<>();
        for (JsonNode incident :
                read(contracts + "/v1/incidents?limit=1000&state=all").path("incidents")) {
            openedMs.put(
                    name(incident.path("verdict")), incident.path("openedAtMs").asLong());
        }
        openedMs.forEach((promise, ms) -> System.out.printf("breach to incident: %s %d ms%n", promise, ms - brokenMs));
        for (String stage : List.of("ingest.jaffle.halting.v1", "conform.jaffle.checked.v1")) {
            mesh.said(stage)
                    .filter(said -> said.path("state").asText().equals("PAUSED"))
                    .mapToLong(said -> said.path("updatedAtMs").asLong())
                    .min()
                    .ifPresent(ms -> System.out.printf(
                            "incident to halt: %s said it within %d ms%n",
                            stage, ms - openedMs.getOrDefault("halting nullValues", ms)));
        }
    }

    /** A row that breaks one rule of {@code checked}, which is named {@code <rule> <field>}. */
    private record Breach(String rule, Map<String, @Nullable Object> row) {}

    private static final List<Breach> BREACHES = List.of(
            breach(1, "format email", "nobody"),
            breach(2, "maxLength email", "x".repeat(40) + "@example.org"),
            breach(3, "exclusiveMinimum amount", 0),
            breach(4, "minimum quantity", 0),
            breach(5, "maximum quantity", 1005),
            breach(6, "multipleOf quantity", 7),
            breach(7, "minLength code", "AB"),
            breach(8, "pattern code", "ab1"),
            breach(9, "required status", null),
            breach(10, "validValues status", "lost"),
            breach(11, "relationship customer_id", -1),
            new Breach("not_overpaid", Promises.halting(12, "amount", 1e9)));

    private static final List<String> TOLD = List.of(
            "checked loop",
            "quiet freshness",
            "quiet volume",
            "content duplicateValues",
            "content psi",
            "content ks",
            "content mean",
            "halting nullValues");

    private static Breach breach(long id, String rule, @Nullable Object value) {
        return new Breach(rule, Promises.halting(id, rule.split(" ", -1)[1], value));
    }

    /** Somebody's copy of a change that has come through the stage already, as if a loop had brought it back: that of the first text, when the second has come. */
    private static void sendInACircle(TestKafka kafka, String first, String second) {
        String topic = "bronze.jaffle.halting.v1";
        await().until(() -> change(kafka, topic, second).isPresent());
        var change = change(kafka, topic, first).orElseThrow();
        var copy = new ProducerRecord<>(topic, 0, change.key(), change.value(), change.headers());
        copy.headers().remove("weir-path");
        copy.headers().add("weir-path", "conform.jaffle.checked.v1".getBytes(StandardCharsets.UTF_8));
        kafka.send(copy);
    }

    private static Optional<ConsumerRecord<byte[], byte[]>> change(TestKafka kafka, String topic, String text) {
        return kafka.records(topic).stream()
                .filter(record ->
                        record.value() != null && new String(record.value(), StandardCharsets.UTF_8).contains(text))
                .findFirst();
    }

    private static List<String> quarantined(TestKafka kafka, String topic) {
        return kafka.records(topic).stream()
                .map(record -> Stream.of("weir-reason", "weir-rule", "weir-field")
                        .map(name -> record.headers().lastHeader(name))
                        .filter(header -> header != null && header.value() != null)
                        .map(header -> new String(header.value(), StandardCharsets.UTF_8))
                        .filter(word -> !word.isEmpty())
                        .collect(Collectors.joining(" ")))
                .toList();
    }

    private static List<String> states(String... stages) {
        return Stream.of(stages)
                .map(id -> stage(id).path("state").asText().toUpperCase(Locale.ROOT))
                .toList();
    }

    /** As {@code <product> <promise>}. A busy machine does break {@code latency}, which is told then as it should be. */
    private static List<String> incidents(String contracts, String state) {
        return promises(contracts + "/v1/incidents?limit=1000&state=" + state, "/incidents", "/verdict")
                .filter(one -> !one.endsWith(" latency"))
                .distinct()
                .toList();
    }

    private static List<String> verdicts(String contracts) {
        return promises(contracts + "/v1/verdicts?limit=1000", "/verdicts", "").toList();
    }

    private static Stream<String> promises(String url, String list, String at) {
        return StreamSupport.stream(read(url).at(list).spliterator(), false).map(one -> name(one.at(at)));
    }

    private static String name(JsonNode verdict) {
        return verdict.path("product").asText().split("\\.", -1)[2] + " "
                + verdict.path("promise").asText();
    }

    private static JsonNode read(String url) {
        try (InputStream body = URI.create(url).toURL().openStream()) {
            return JSON.readTree(body);
        } catch (IOException away) {
            throw new UncheckedIOException(away);
        }
    }

    private static String metrics(String service) {
        try (InputStream body =
                URI.create(mesh.address(service) + "/q/metrics").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException away) {
            throw new UncheckedIOException(away);
        }
    }

    @Test
    @Order(7)
    void shouldComeBackFromTheDeathOfAnyPartWithNothingLostAndNothingTwice() throws Exception {
        Process traffic = mesh.begin("demo", "--rate", "20", "--seed", "7");
        try {
            await().until(() -> !mesh.sql("shop", "SELECT FROM orders LIMIT 1").isEmpty());
            for (String part : mesh.parts()) {
                if (part.equals("simulator") || part.equals("demo")) {
                    continue;
                }
                long pid = mesh.readyPid(part);
                long killedMs = System.currentTimeMillis();
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                await().pollInterval(Duration.ofMillis(500))
                        .ignoreExceptionsMatching(
                                away -> away instanceof UncheckedIOException || away instanceof KafkaException)
                        .untilAsserted(() -> {
                            assertThat(mesh.readyPid(part)).as("pid of " + part).isNotIn(0L, pid);
                            assertThat(mesh.troubleSince(killedMs))
                                    .as("after the death of " + part)
                                    .isEmpty();
                        });
            }
            await().untilAsserted(() -> {
                JsonNode status = mesh.status();
                assertThat(status.path("well").asBoolean()).as("%s", status).isTrue();
                assertThat(status.path("stages").findValuesAsText("stage")).contains("reverse-sync.jaffle.crm.v1");
            });
            long recoveredMs = System.currentTimeMillis();

            await().untilAsserted(() -> assertThat(lastCommitMs("bronze.jaffle.order_items.v1"))
                    .as("rows flowed during the last kill and after it")
                    .isGreaterThan(recoveredMs));
            assertThat(traffic.isAlive()).isTrue();
        } finally {
            traffic.destroy();
        }
        assertThat(traffic.waitFor(4, TimeUnit.MINUTES)).isTrue();
        RunningMesh.Answer verified = mesh.weir("verify", "--timeout", "600", "--output", "json");
        assertThat(verified.exitCode())
                .as(verified.out() + verified.err() + mesh.logs())
                .isZero();
        assertThat(verified.json().path("results").findValuesAsText("subject"))
                .contains("shop: public.customers", "shop: public.order_items", "silver.customer");
        assertThat(mesh.sql("crm", "SELECT count(*) AS n FROM customer_profile")
                        .getFirst()
                        .get("n"))
                .isNotEqualTo(0L);
    }

    /** When the newest of a topic's changes was committed in the source, ms since the epoch. */
    private static long lastCommitMs(String topic) {
        return new TestKafka(mesh.kafka())
                .records(topic).stream()
                        .map(change -> change.headers().lastHeader("weir-source-ts"))
                        .mapToLong(header -> Long.parseLong(new String(header.value(), StandardCharsets.UTF_8)))
                        .max()
                        .orElse(0);
    }

    private static JsonNode stage(String id) {
        for (JsonNode stage : mesh.stages()) {
            if (stage.path("stage").asText().equals(id)) {
                return stage;
            }
        }
        throw new AssertionError("no stage " + id);
    }

    /** The example, with the destination of its sync as a second source, and with products that each promise something else. */
    private static Path domainOfTheTest() throws IOException {
        Path domain = state.resolve("jaffle-shop");
        copy(RunningMesh.HOME.resolve("examples/jaffle-shop"), domain);
        Path crm = domain.resolve("database/crm.sql");
        copy(RunningMesh.HOME.resolve("mesh-tests/src/test/resources/crm-capture"), domain);
        copy(RunningMesh.HOME.resolve("mesh-tests/src/test/resources/promises"), domain);
        Files.writeString(crm, Files.readString(domain.resolve("database/crm-capture.sql")), StandardOpenOption.APPEND);
        // Windows of seconds hold few customers: that one in ten of them has no address is chance there.
        Path customer = domain.resolve("contracts/customer.odcs.yaml");
        Files.writeString(customer, Files.readString(customer).replace("mustBeLessThan: 10", "mustBeLessThan: 50"));
        return domain;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static void run(JsonNode each) throws Exception {
        for (JsonNode step : each.path("do")) {
            if (step.has("sql")) {
                mesh.sql(step.path("database").asText(), step.path("sql").asText());
            } else {
                push(step);
            }
        }

        List<Map<String, String>> expected = new ArrayList<>();
        each.path("rows").forEach(row -> {
            Map<String, String> columns = new LinkedHashMap<>();
            row.properties()
                    .forEach(column ->
                            columns.put(column.getKey(), column.getValue().asText()));
            expected.add(columns);
        });
        await().pollInterval(Duration.ofMillis(100)).untilAsserted(() -> assertThat(
                        text(mesh.sql("crm", each.path("query").asText())))
                .isEqualTo(expected));
    }

    private static void push(JsonNode step) throws Exception {
        String url = "%s/v1/products/%s/changes"
                .formatted(mesh.address("ingest"), step.path("push").asText());
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", "application/json")
                .timeout(LIMIT)
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(step.path("body"))))
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.body()).contains(step.path("answer").asText());
        }
    }

    private static List<Map<String, String>> text(List<Map<String, Object>> rows) {
        List<Map<String, String>> texts = new ArrayList<>();
        rows.forEach(row -> {
            Map<String, String> columns = new LinkedHashMap<>();
            row.forEach((name, value) -> columns.put(name, String.valueOf(value)));
            texts.add(columns);
        });
        return texts;
    }
}
