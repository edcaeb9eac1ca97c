package io.weir.conform;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.weir.kit.contract.AvroMapping;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistryClient;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas.Part;
import io.weir.kit.testkit.RowTopic;
import io.weir.kit.testkit.Testkit;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ConformServiceTest.Mesh.class)
class ConformServiceTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Path DOMAIN = Path.of("src/test/resources/domain");

    /** Real Kafka and registry; a domain of one model. */
    public static final class Mesh implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            try {
                Map<String, String> config = new HashMap<>(Testkit.config());
                config.put("weir.domain", DOMAIN.toString());
                config.put(
                        "weir.state.dir", Files.createTempDirectory("conform").toString());
                return config;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void stop() {}
    }

    @Test
    void shouldWaitVisiblyThenKeepSilverEqualToItsSqlAndHoldBackWhatBreaksTheContract() {
        Domain domain = DomainFolder.load(DOMAIN, _ -> null);
        DataProduct customers = domain.find("bronze.customers").orElseThrow();
        DataProduct customer = domain.find("silver.customer").orElseThrow();
        given().when().get("/q/health/live").then().statusCode(200);
        await().atMost(LIMIT).untilAsserted(() -> given().when()
                .get("/q/health/ready")
                .then()
                .statusCode(503)
                .body(containsString("waiting for topic bronze.shop.customers.v1")));

        RegistrySchemas schemas = publish(domain);
        RowTopic input = Testkit.kafka().rows(customers, schemas).create();
        input.put(1L, " de ");
        input.put(2L, "fr");
        input.put(3L, "Atlantis");
        input.put(2L, "nl");
        input.delete(1L);

        RowTopic output = Testkit.kafka().rows(customer, schemas);
        output.awaitTable(Map.of(List.of(2L), List.of(2L, "NL"))::equals, LIMIT);
        assertThat(Testkit.kafka().records(customer.name().quarantineTopic())).hasSize(1);
        await().atMost(LIMIT).untilAsserted(() -> given().when()
                .get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", is("UP")));
        given().when()
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .body(containsString("weir_stage_rows_total{outcome=\"quarantined\",reason=\"CONTRACT_VIOLATED\""));
    }

    private static RegistrySchemas publish(Domain domain) {
        RegistryClient registry =
                new RegistryClient(URI.create(Testkit.registry().url()));
        for (DataProduct product : domain.products().values()) {
            for (Part part : Part.values()) {
                registry.publish(
                        domain.name(),
                        RegistrySchemas.artifact(product.name(), part),
                        RegistryClient.Type.AVRO,
                        null,
                        AvroMapping.schema(product, part).toString(),
                        List.of());
            }
        }
        return new RegistrySchemas(registry);
    }
}
