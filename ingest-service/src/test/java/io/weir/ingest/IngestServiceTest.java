package io.weir.ingest;

import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.testkit.RowTopic;
import io.weir.kit.testkit.Testkit;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service as it is deployed, on real Kafka and a real registry. */
@QuarkusTest
@QuarkusTestResource(IngestMesh.class)
class IngestServiceTest {

    private static final String STAGE = "ingest.jaffle.price_corrections.v1";

    private final RegistrySchemas schemas = IngestMesh.publish();
    private final DataProduct corrections =
            IngestMesh.domain().find("bronze.price_corrections").orElseThrow();

    @BeforeEach
    void awaitThePushStage() {
        await().untilAsserted(() -> given().get("/q/health/ready")
                .then()
                .body("checks.find { it.name == 'stages' }.data.'" + STAGE + "'", equalTo("RUNNING")));
        // The service hears of outcomes from the moment on that it has found their topic.
        await().untilAsserted(() ->
                push(upsert(UUID.randomUUID().toString(), sku(), "1")).statusCode(200));
    }

    @Test
    void shouldPutAPushIntoTheProduct() {
        String sku = sku();

        push(upsert(UUID.randomUUID().toString(), sku, "4.50"))
                .statusCode(200)
                .body("product", equalTo("price_corrections"))
                .body("changes[0].outcome", equalTo("accepted"));

        RowTopic.Row written = bronze().changes().stream()
                .filter(row -> row.key().equals(List.of(sku)))
                .findFirst()
                .orElseThrow();
        assertThat(written.row())
                .containsExactly(
                        sku,
                        new BigDecimal("4.50"),
                        null,
                        Instant.parse("2026-01-31T18:30:00Z").toEpochMilli());
        assertThat(written.headers())
                .containsEntry("weir-origin", "push:partners")
                .containsEntry("weir-path", STAGE)
                .containsKeys("weir-source-ts", "weir-position", "traceparent");
    }

    @Test
    void shouldSayThatTheSameOperationAgainIsADuplicate() {
        String sku = sku();
        String operation = UUID.randomUUID().toString();
        push(upsert(operation, sku, "4.50")).statusCode(200);

        push(upsert(operation, sku, "9.99")).statusCode(200).body("changes[0].outcome", equalTo("duplicate"));

        assertThat(bronze().table().get(List.of(sku))).contains(new BigDecimal("4.50"));
    }

    @Test
    void shouldDelete() {
        String sku = sku();
        push(upsert(UUID.randomUUID().toString(), sku, "4.50")).statusCode(200);

        push("""
                {"operationId": "%s", "op": "delete", "row": {"sku": "%s"}}""".formatted(UUID.randomUUID(), sku)).statusCode(200);

        assertThat(bronze().table()).doesNotContainKey(List.of(sku));
    }

    @Test
    void shouldRefuseARowThatBreaksTheContractAndTakeNothing() {
        String sku = sku();

        push(upsert(UUID.randomUUID().toString(), sku, "4.50") + "," + upsert("x-" + sku, sku, "-1"))
                .statusCode(422)
                .contentType(Problem.MEDIA_TYPE)
                .body("violations[0].row", equalTo(1))
                .body("violations[0].field", equalTo("price"))
                .body("violations[0].rule", equalTo("minimum"))
                .body("detail", containsString("nothing was taken"));

        push(upsert("x-" + sku, sku, "1")).statusCode(200).body("changes[0].outcome", equalTo("accepted"));
        assertThat(bronze().changes().stream().filter(row -> row.key().equals(List.of(sku))))
                .hasSize(1);
    }

    @Test
    void shouldRefuseABodyThatIsNoJson() {
        given().contentType(ContentType.JSON)
                .body("{\"changes\": [")
                .post("/v1/products/price_corrections/changes")
                .then()
                .statusCode(400);
    }

    @Test
    void shouldRefuseTooManyChanges() {
        String one = upsert("a", sku(), "1");

        push(String.join(",", one, one, one, one)).statusCode(413).body("detail", containsString("at most 3"));
    }

    @Test
    void shouldRefuseTooManyBytes() {
        push(upsert("a", "x".repeat(20_000), "1"))
                .statusCode(413)
                .contentType(Problem.MEDIA_TYPE)
                .body("detail", containsString("at most 10240 are taken"));
    }

    @Test
    void shouldTurnAwayMoreRequestsThanItCanHandle() {
        List<Integer> statuses = new CopyOnWriteArrayList<>();
        List<String> retries = new CopyOnWriteArrayList<>();

        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 60; i++) {
                String one = upsert(UUID.randomUUID().toString(), sku(), "1");
                clients.submit(() -> {
                    var response = push(one).extract();
                    statuses.add(response.statusCode());
                    if (response.statusCode() == 429) {
                        retries.add(response.header("Retry-After"));
                    }
                });
            }
        }

        assertThat(statuses).hasSize(60).contains(200, 429).isSubsetOf(200, 202, 429);
        assertThat(retries).containsOnly("1");
    }

    @Test
    void shouldNameTheProductsThatCanBePushed() {
        given().contentType(ContentType.JSON)
                .body("{\"changes\": []}")
                .post("/v1/products/customers/changes")
                .then()
                .statusCode(404)
                .contentType(Problem.MEDIA_TYPE)
                .body("products", hasItem("price_corrections"));
        given().get("/v1/products").then().statusCode(200).body("", hasItem("price_corrections"));
    }

    @Test
    void shouldSayWhatEachTableStageWaitsFor() {
        await().untilAsserted(() -> given().get("/q/health/ready")
                .then()
                .body(
                        "checks.find { it.name == 'stages' }.data.'ingest.jaffle.customers.v1'",
                        equalTo("WAITING: waiting for topic source.jaffle.shop.public.customers")));
        given().get("/q/health/live").then().statusCode(200);
    }

    @Test
    void shouldOfferMetricsAndOpenApi() {
        await().untilAsserted(() ->
                given().get("/q/metrics").then().statusCode(200).body(containsString("stage=\"" + STAGE + "\"")));
        given().get("/q/openapi").then().statusCode(200).body(containsString("/v1/products/{product}/changes"));
    }

    private RowTopic bronze() {
        return Testkit.kafka().rows(corrections, schemas);
    }

    private static String sku() {
        return Testkit.unique("s");
    }

    private static String upsert(String operationId, String sku, String price) {
        return """
                {"operationId": "%s", "op": "upsert",
                 "row": {"sku": "%s", "price": %s, "corrected_at": "2026-01-31T18:30:00Z"}}""".formatted(operationId, sku, price);
    }

    private static ValidatableResponse push(String changes) {
        return given().contentType(ContentType.JSON)
                .body("{\"changes\": [" + changes + "]}")
                .post("/v1/products/price_corrections/changes")
                .then();
    }
}
