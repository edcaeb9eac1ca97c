package io.weir.contract;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
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
import java.util.ArrayList;
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
                .body("size()", greaterThanOrEqualTo(domain.products().size()))
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
    void shouldApplyContractsAllOrNoneAndNothingTwice() throws IOException {
        String contract = Files.readString(Path.of("../examples/jaffle-shop/contracts/stores.odcs.yaml"));
        String later = contract.replaceFirst("version: 1\\.0\\.0", "version: 1.7.0")
                .replaceFirst("description:", "tags: [applied]\ndescription:");
        String other = contract.replaceFirst("description:", "tags: [otherwise]\ndescription:");
        String added = contract.replace("bronze.jaffle.stores.v1", "bronze.jaffle.stalls.v1")
                .replaceFirst("id: .*", "id: stalls");

        apply(true, contract).statusCode(200).body("applied", equalTo(false)).body("steps.action", contains("NONE"));
        apply(true, later, added)
                .statusCode(200)
                .body("steps.action", contains("CHANGE", "CREATE"))
                .body("steps[0].from", equalTo("1.0.0"))
                .body("steps[0].impact", equalTo("COMPATIBLE"));
        apply(false, other, added)
                .statusCode(409)
                .body("applied", equalTo(false))
                .body("steps.action", contains("REFUSE", "CREATE"))
                .body("steps[0].reason", containsString("raise \"version\""));
        get("/v1/contracts/bronze.jaffle.stalls.v1").then().statusCode(404);

        apply(false, later, added).statusCode(200).body("applied", equalTo(true));
        get("/v1/contracts/bronze.jaffle.stalls.v1")
                .then()
                .statusCode(200)
                .body("publication.state", equalTo("PUBLISHED"));
        get("/v1/contracts/bronze.jaffle.stores.v1").then().body("contract.version", equalTo("1.7.0"));
        apply(false, later, added).statusCode(200).body("steps.action", contains("NONE", "NONE"));
        apply(true, contract.replaceFirst("version: 1\\.0\\.0", "version: 1.2.0"))
                .body("steps[0].reason", containsString("1.7.0 is published"));
    }

    @Test
    void shouldRefuseToApplyWhatBreaksAConsumerAndNameIt() throws IOException {
        String customer = Files.readString(Path.of("../examples/jaffle-shop/contracts/customer.odcs.yaml"));
        String narrowed =
                customer.replace("^(DE|FR|GB|NL|US)$", "^(FR|GB|NL|US)$").replaceFirst("version: .*", "version: 1.9.0");

        apply(false, narrowed)
                .statusCode(409)
                .body("steps[0].action", equalTo("REFUSE"))
                .body("steps[0].impact", equalTo("BREAKING"))
                .body("steps[0].reason", containsString("newsletter"))
                .body("steps[0].reason", containsString("silver.jaffle.customer.v2"));
        apply(false, customer.replace("logicalType: integer", "logicalType: intger"))
                .statusCode(422)
                .contentType("application/problem+json")
                .body("problems[0].message", containsString("did you mean \"integer\"?"));
        given().contentType("application/json")
                .body("{}")
                .post("/v1/contracts/apply")
                .then()
                .statusCode(400)
                .contentType("application/problem+json");
    }

    private static ValidatableResponse apply(boolean dryRun, String... contracts) {
        List<Map<String, String>> files = new ArrayList<>();
        for (String contract : contracts) {
            files.add(Map.of("name", "contracts/%d.odcs.yaml".formatted(files.size()), "content", contract));
        }
        return given().contentType("application/json")
                .body(Map.of("contracts", files))
                .queryParam("dryRun", dryRun)
                .post("/v1/contracts/apply")
                .then();
    }

    @Test
    void shouldShowWhereAProductAndAColumnComeFromAndWhatComesOfThem() {
        get("/v1/lineage?product=%s&depth=1".formatted(CUSTOMER))
                .then()
                .statusCode(200)
                .body("nodes[0].id", equalTo(CUSTOMER))
                .body(
                        "nodes.id",
                        hasItems(
                                "bronze.jaffle.customers.v1",
                                "gold.jaffle.customer_profile.v1",
                                "subscription:jaffle/newsletter"))
                .body("nodes.id", not(hasItem("sync:jaffle/crm")))
                .body("nodes.findAll { it.hops > 1 }", empty());
        get("/v1/lineage?product=%s&direction=downstream".formatted(CUSTOMER))
                .then()
                .body("nodes.id", hasItem("sync:jaffle/crm"))
                .body("nodes.id", not(hasItem("bronze.jaffle.customers.v1")));
        get("/v1/lineage?product=%s&direction=upstream".formatted("gold.jaffle.customer_profile.v1"))
                .then()
                .body("nodes.findAll { it.kind == 'table' }.name", hasItem("public.customers"));
        String tag = get("/v1/lineage?product=gold.jaffle.customer_profile.v1&column=country&direction=upstream")
                .then()
                .statusCode(200)
                .body("nodes.id", hasItems(CUSTOMER + "#country", "bronze.jaffle.customers.v1#country"))
                .body("edges.how", hasItem("direct"))
                .extract()
                .header("ETag");
        given().header("If-None-Match", tag)
                .get("/v1/lineage?product=gold.jaffle.customer_profile.v1&column=country&direction=upstream")
                .then()
                .statusCode(304);
        get("/v1/lineage?product=%s&column=emial".formatted(CUSTOMER))
                .then()
                .statusCode(404)
                .contentType("application/problem+json");
        get("/v1/lineage?product=%s&direction=sideways".formatted(CUSTOMER))
                .then()
                .statusCode(400);
        get("/v1/lineage").then().statusCode(400);
    }

    @Test
    void shouldGiveListsInPagesAndAnswersATag() {
        List<String> all = get("/v1/contracts").path("topic");
        List<String> paged = new ArrayList<>();
        String next = "/v1/contracts?limit=5";
        for (int page = 0; next != null && page < 10; page++) {
            var answer = get(next).then().statusCode(200).extract();
            paged.addAll(answer.<List<String>>path("topic"));
            String link = answer.header("Link");
            next = link == null ? null : link.substring(link.indexOf('<') + 1, link.indexOf('>'));
        }
        assertThat(paged).isEqualTo(all).isSorted();
        get("/v1/products?limit=0").then().statusCode(400).contentType("application/problem+json");

        String path = "/v1/contracts/" + CUSTOMER;
        String tag = get(path).then().statusCode(200).extract().header("ETag");
        given().header("If-None-Match", tag).get(path).then().statusCode(304).body(emptyString());
        given().header("If-None-Match", "\"other\"")
                .get(path)
                .then()
                .statusCode(200)
                .header("ETag", equalTo(tag));
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
                .body(containsString("/v1/quarantine"))
                .body(containsString("haltUntilMs"))
                .body(containsString("freshnessP99Ms"));
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
