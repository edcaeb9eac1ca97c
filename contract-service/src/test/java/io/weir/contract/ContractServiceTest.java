package io.weir.contract;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The whole service, on a real Kafka and a real registry, with the example domain. */
@QuarkusTest
@QuarkusTestResource(MeshResource.class)
class ContractServiceTest {

    private static final String CUSTOMER = "silver.jaffle.customer.v1";

    private final TestKafka kafka = Testkit.kafka();

    @BeforeEach
    void awaitReadiness() {
        await().untilAsserted(
                        () -> get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP")));
    }

    @Test
    void shouldPublishEveryContractOfTheDomain() {
        var schemas = new RegistrySchemas(URI.create(Testkit.registry().url()));
        var domain = DomainFolder.load(Path.of("../examples/jaffle-shop"), _ -> null);

        assertThat(domain.products().values()).isNotEmpty().allSatisfy(product -> {
            assertThat(schemas.idOf(product, Part.KEY)).isPositive();
            assertThat(schemas.idOf(product, Part.VALUE)).isPositive();
        });
        get("/v1/contracts")
                .then()
                .statusCode(200)
                .body("size()", equalTo(domain.products().size()))
                .body("find { it.topic == '%s' }.state".formatted(CUSTOMER), equalTo("PUBLISHED"))
                .body("find { it.topic == '%s' }.valueSchema".formatted(CUSTOMER), greaterThan(0));
    }

    @Test
    void shouldShowAContractWhole() {
        get("/v1/contracts/" + CUSTOMER)
                .then()
                .statusCode(200)
                .body("topic", equalTo(CUSTOMER))
                .body("publication.state", equalTo("PUBLISHED"))
                .body("contract.schema[0].properties[0].name", equalTo("customer_id"))
                .body("contract.team.name", equalTo("shop-data"));
    }

    @Test
    void shouldPlanAChange() throws IOException {
        String contract = Files.readString(Path.of("../examples/jaffle-shop/contracts/customer.odcs.yaml"));
        String without = contract.replace("^(DE|FR|GB|NL|US)$", "^(FR|GB|NL|US)$");

        given().contentType("text/plain")
                .body(contract)
                .post("/v1/contracts/plan")
                .then()
                .statusCode(200)
                .body("verdict", equalTo("COMPATIBLE"))
                .body("changes", empty())
                .body("readers", hasItem("model gold.jaffle.customer_profile.v1"));
        given().contentType("text/plain")
                .body(without)
                .post("/v1/contracts/plan")
                .then()
                .statusCode(200)
                .body("verdict", equalTo("BREAKING"))
                .body("changes[0].code", equalTo("enumeration-narrowed"))
                .body("changes[0].consumers.name", contains("newsletter"));
        given().contentType("text/plain")
                .accept("text/markdown")
                .body(without)
                .post("/v1/contracts/plan")
                .then()
                .statusCode(200)
                .body(containsString("**Breaking**"));
    }

    @Test
    void shouldTellWhatIsWrongWithAPlannedContract() throws IOException {
        String contract = Files.readString(Path.of("../examples/jaffle-shop/contracts/customer.odcs.yaml"));

        given().contentType("text/plain")
                .body(contract.replace("logicalType: integer", "logicalType: intger"))
                .post("/v1/contracts/plan")
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("problems[0].line", equalTo(28))
                .body("problems[0].message", containsString("did you mean \"integer\"?"));
        given().contentType("text/plain")
                .body(contract.replace("silver.jaffle.customer.v1", "silver.jaffle.nobody.v1"))
                .post("/v1/contracts/plan")
                .then()
                .statusCode(404)
                .body("detail", containsString("silver.jaffle.nobody.v1"));
    }

    @Test
    void shouldTellAnUnknownContractAsAProblem() {
        get("/v1/contracts/silver.jaffle.custmer.v1")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("title", equalTo("Not Found"))
                .body("status", equalTo(404))
                .body(
                        "detail",
                        equalTo("no contract for topic \"silver.jaffle.custmer.v1\"; GET /v1/contracts lists them"));
    }

    @Test
    void shouldTellAWrongMethodAndAWrongPathAsProblems() {
        given().post("/v1/contracts").then().statusCode(405).contentType("application/problem+json");
        get("/v1/nothing").then().statusCode(404).contentType("application/problem+json");
    }

    @Test
    void shouldFollowTheStages() {
        StageStatus status = status("conform.jaffle.customer.v1", "bronze.jaffle.customers.v1", CUSTOMER);
        kafka.createTopic(MeshTopics.STAGES, 1, Map.of("cleanup.policy", "compact"));
        kafka.send(MeshTopics.STAGES, status.stage().getBytes(UTF_8), MeshJson.write(status));

        await().untilAsserted(() -> get("/v1/stages")
                .then()
                .statusCode(200)
                .body("find { it.stage == '%s' }.state".formatted(status.stage()), equalTo("RUNNING"))
                .body("find { it.stage == '%s' }.freshnessP99Ms".formatted(status.stage()), equalTo(40))
                .body("find { it.stage == '%s' }.silentMs".formatted(status.stage()), greaterThan(1000)));
        get("/v1/products")
                .then()
                .statusCode(200)
                .body("find { it.topic == '%s' }.writer.stage".formatted(CUSTOMER), equalTo(status.stage()))
                .body("find { it.topic == '%s' }.owner".formatted(CUSTOMER), equalTo("shop-data"))
                .body("find { it.topic == '%s' }.key".formatted(CUSTOMER), contains("customer_id"))
                .body(
                        "find { it.topic == 'bronze.jaffle.customers.v1' }.readers",
                        hasItem("conform.jaffle.customer.v1"))
                .body("find { it.topic == 'gold.jaffle.store_sales.v1' }.writer", nullValue())
                .body("find { it.topic == 'gold.jaffle.store_sales.v1' }.readers", empty());
    }

    @Test
    void shouldForgetAStageThatIsGone() {
        StageStatus status = status("conform.jaffle.gone.v1", "in", "out");
        kafka.createTopic(MeshTopics.STAGES, 1, Map.of("cleanup.policy", "compact"));
        kafka.send(MeshTopics.STAGES, status.stage().getBytes(UTF_8), MeshJson.write(status));
        await().untilAsserted(() -> get("/v1/stages").then().body("stage", hasItem(status.stage())));

        kafka.send(MeshTopics.STAGES, status.stage().getBytes(UTF_8), null);

        await().untilAsserted(() ->
                get("/v1/stages").then().body("findAll { it.stage == '%s' }".formatted(status.stage()), empty()));
    }

    @Test
    void shouldCountQuarantinedRowsByCause() {
        kafka.createTopic("quarantine." + CUSTOMER, 2);
        for (String field : List.of("email", "email", "country")) {
            var record = new ProducerRecord<>("quarantine." + CUSTOMER, new byte[] {1}, new byte[] {2});
            record.headers()
                    .add(
                            QuarantineHeaders.REASON,
                            ReasonCode.CONTRACT_VIOLATED.name().getBytes(UTF_8))
                    .add(QuarantineHeaders.RULE, "pattern".getBytes(UTF_8))
                    .add(QuarantineHeaders.FIELD, field.getBytes(UTF_8));
            kafka.send(record);
        }

        await().untilAsserted(() -> get("/v1/quarantine")
                .then()
                .statusCode(200)
                .body("find { it.topic == '%s' }.rows".formatted(CUSTOMER), equalTo(3))
                .body(
                        "find { it.topic == '%s' }.causes.find { it.field == 'email' }.rows".formatted(CUSTOMER),
                        equalTo(2))
                .body("find { it.topic == '%s' }.causes[0].reason".formatted(CUSTOMER), equalTo("CONTRACT_VIOLATED")));
        get("/q/metrics")
                .then()
                .body(containsString("weir_quarantine_records{topic=\"%s\"} 3.0".formatted(CUSTOMER)))
                .body(containsString("weir_contracts{state=\"refused\"} 0.0"));
    }

    @Test
    void shouldDescribeItsApi() {
        get("/q/openapi")
                .then()
                .statusCode(200)
                .body(containsString("/v1/contracts/{topic}"))
                .body(containsString("/v1/quarantine"));
    }

    private static StageStatus status(String stage, String input, String output) {
        return new StageStatus(
                stage,
                "conform",
                "test",
                "model",
                List.of(input),
                output,
                StageStatus.State.RUNNING,
                null,
                10,
                9,
                1,
                0,
                0,
                20,
                40,
                0,
                System.currentTimeMillis() - 5_000);
    }
}
