package io.weir.mesh;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.weir.kit.testkit.TestDatabase;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.TestPostgres;
import io.weir.kit.testkit.Testkit;
import io.weir.mesh.TraceCollector.Span;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A mesh on a Kafka, a registry, databases and a trace collector that are there already, and that stay when it goes. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ExistingSystemsTest {

    private static final Path EXAMPLE = RunningMesh.HOME.resolve("examples/jaffle-shop");

    @TempDir
    static Path state;

    private static TraceCollector collector;
    private static TestDatabase shop;
    private static TestDatabase crm;
    private static RunningMesh mesh;

    @BeforeAll
    static void startMesh() throws Exception {
        TestPostgres postgres = Testkit.postgres();
        shop = postgres.createDatabase("shop");
        shop.execute(Files.readString(EXAMPLE.resolve("database/shop.sql")));
        crm = postgres.createDatabase("crm");
        crm.execute(Files.readString(EXAMPLE.resolve("database/crm.sql")));
        collector = TraceCollector.start();

        mesh = RunningMesh.start(
                state.resolve("weir"),
                EXAMPLE,
                Map.of("SHOP_PASSWORD", "weir-local", "CRM_PASSWORD", "weir-local"),
                "--kafka",
                Testkit.kafka().bootstrapServers(),
                "--registry",
                Testkit.registry().url(),
                "--source",
                "postgresql://%s/shop".formatted(postgres.address()),
                "--source",
                "postgresql://%s/crm".formatted(postgres.address()),
                "--otlp",
                collector.url());
    }

    @AfterAll
    static void stopMesh() {
        if (mesh != null) {
            mesh.close();
        }
        if (collector != null) {
            collector.close();
        }
    }

    @Test
    @Order(1)
    void shouldStartNothingThatIsThereAlready() {
        assertThat(mesh.parts())
                .containsExactlyInAnyOrder("debezium-shop", "contract", "ingest", "conform", "feature", "reverse-sync");
        await().untilAsserted(() -> {
            JsonNode status = mesh.status();
            assertThat(status.path("addresses").path("kafka").asText())
                    .isEqualTo(Testkit.kafka().bootstrapServers());
            assertThat(status.path("well").asBoolean()).as("%s", status).isTrue();
        });
    }

    @Test
    @Order(2)
    void shouldCarryAChangeFromDatabaseToDatabase() {
        shop.execute(
                "INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', 'germany', '2026-03-01T10:00:00Z')",
                "UPDATE customers SET country = 'Holland' WHERE id = 1");

        await().untilAsserted(() -> assertThat(crm.query("SELECT country FROM customer_profile WHERE customer_id = 1"))
                .containsExactly(Map.of("country", "NL")));
        RunningMesh.Answer verified = mesh.weir("verify", "--timeout", "600", "--output", "json");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    }

    @Test
    @Order(3)
    void shouldTellTheCollectorOneTraceFromTheSourceCommitToTheWriteBack() {
        await().untilAsserted(() -> assertThat(wayBack("process crm:public.customer_profile"))
                .as("%s", collector.spans())
                .containsExactly(
                        "reverse-sync-service process crm:public.customer_profile",
                        "feature-service process gold.jaffle.customer_profile.v1",
                        "conform-service process silver.jaffle.customer.v1",
                        "ingest-service process bronze.jaffle.customers.v1",
                        "ingest-service commit public.customers"));
    }

    @Test
    @Order(4)
    void shouldLeaveThemRunningWhenItStops() throws IOException, InterruptedException {
        RunningMesh.Answer stopped = mesh.weir("down", "--purge");

        assertThat(stopped.exitCode()).as(stopped.out() + stopped.err()).isZero();
        assertThat(new TestKafka(Testkit.kafka().bootstrapServers()).records("bronze.jaffle.customers.v1"))
                .isNotEmpty();
        assertThat(URI.create(Testkit.registry().url() + "/system/info").toURL().openStream())
                .isNotEmpty();
        assertThat(crm.query("SELECT count(*) AS n FROM customer_profile")).containsExactly(Map.of("n", 1L));
    }

    /** The longest way from a span of this name to its root: {@code service name} of each. */
    private static List<String> wayBack(String name) {
        Map<String, Span> byId = new HashMap<>();
        List<Span> spans = collector.spans();
        spans.forEach(span -> byId.put(span.trace() + span.id(), span));
        List<String> longest = List.of();
        for (Span span : spans) {
            if (span.name().equals(name)) {
                List<String> way = new ArrayList<>();
                Optional<Span> at = Optional.of(span);
                while (at.isPresent()) {
                    way.add(at.get().service() + " " + at.get().name());
                    at = Optional.ofNullable(
                            byId.get(at.get().trace() + at.get().parent()));
                }
                longest = way.size() > longest.size() ? way : longest;
            }
        }
        return longest;
    }
}
