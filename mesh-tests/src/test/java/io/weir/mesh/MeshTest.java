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
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
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

    @TempDir
    static Path state;

    private static RunningMesh mesh;

    @BeforeAll
    static void startMesh() throws IOException {
        mesh = RunningMesh.start(state.resolve("weir"), domainThatAlsoCapturesCrm());
    }

    @AfterAll
    static void stopMesh() {
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
    void shouldComeBackFromTheDeathOfAnyPartWithNothingLostAndNothingTwice() throws Exception {
        Process traffic = mesh.begin("demo", "--rate", "50", "--seed", "7");
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

    /** The example, with the destination of its sync as a second source. */
    private static Path domainThatAlsoCapturesCrm() throws IOException {
        Path domain = state.resolve("jaffle-shop");
        copy(RunningMesh.HOME.resolve("examples/jaffle-shop"), domain);
        Path crm = domain.resolve("database/crm.sql");
        copy(RunningMesh.HOME.resolve("mesh-tests/src/test/resources/crm-capture"), domain);
        Files.writeString(crm, Files.readString(domain.resolve("database/crm-capture.sql")), StandardOpenOption.APPEND);
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
                .POST(HttpRequest.BodyPublishers.ofString(new ObjectMapper().writeValueAsString(step.path("body"))))
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
