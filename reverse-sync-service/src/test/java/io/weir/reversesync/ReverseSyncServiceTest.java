package io.weir.reversesync;

import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.weir.kit.testkit.Testkit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The service as it is deployed, on a domain with a sync that is approved and one that is not. */
@QuarkusTest
@QuarkusTestResource(ReverseSyncServiceTest.Mesh.class)
class ReverseSyncServiceTest {

    /** The example domain with a second sync, which a stranger has approved. */
    public static final class Mesh implements QuarkusTestResourceLifecycleManager {

        @Override
        public Map<String, String> start() {
            try {
                Path domain = Files.createTempDirectory("weir-domain");
                Path example = Path.of("..", "examples", "jaffle-shop");
                try (Stream<Path> files = Files.walk(example)) {
                    for (Path file : files.toList()) {
                        Path copy = domain.resolve(example.relativize(file).toString());
                        if (Files.isDirectory(file)) {
                            Files.createDirectories(copy);
                        } else {
                            Files.copy(file, copy);
                        }
                    }
                }
                String approved = Files.readString(domain.resolve("syncs/crm.yaml"));
                Files.writeString(
                        domain.resolve("syncs/leak.yaml"),
                        approved.replace("name: crm", "name: leak")
                                .replaceAll("approvedBy: .*", "approvedBy: stranger@example"));
                Map<String, String> config = new HashMap<>(Testkit.config());
                config.put("weir.domain", domain.toString());
                return config;
            } catch (IOException failed) {
                throw new java.io.UncheckedIOException(failed);
            }
        }

        @Override
        public void stop() {}
    }

    @Test
    void shouldSayInItsReadinessWhatEachSyncWaitsForAndWhyOneIsRefused() {
        await().untilAsserted(() -> given().get("/q/health/ready")
                .then()
                .statusCode(503)
                .body(
                        "checks[0].data.'reverse-sync.jaffle.crm.v1'",
                        equalTo("WAITING: waiting for topic gold.jaffle.customer_profile.v1"))
                .body(
                        "checks[0].data.'reverse-sync.jaffle.leak.v1'",
                        containsString("FAILED: refused: approvedBy is stranger@example")));
        given().get("/q/health/live").then().statusCode(200);
    }

    @Test
    void shouldOfferMetricsForEachSync() {
        await().untilAsserted(
                        () -> given().get("/q/metrics")
                                .then()
                                .statusCode(200)
                                .body(
                                        containsString(
                                                "weir_stage_rows_total{outcome=\"out\",reason=\"none\",stage=\"reverse-sync.jaffle.crm.v1\"}")));
    }

    @Test
    void shouldTellItsStateOnTheMeshsTopic() {
        Testkit.kafka()
                .awaitRecords(
                        "weir.stages",
                        records -> records.stream()
                                .map(record -> new String(record.value(), java.nio.charset.StandardCharsets.UTF_8))
                                .anyMatch(status -> status.contains("reverse-sync.jaffle.leak.v1")
                                        && status.contains("\"kind\":\"sync\"")
                                        && status.contains("refused")),
                        LIMIT);
    }
}
