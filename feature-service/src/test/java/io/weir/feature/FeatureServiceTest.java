package io.weir.feature;

import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.is;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.quarkus.test.junit.QuarkusTest;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.testkit.RowTopic;
import io.weir.kit.testkit.Testkit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(FeatureServiceTest.Mesh.class)
class FeatureServiceTest {

    private static final Path DOMAIN = Path.of("src/test/resources/domain");

    /** Real Kafka and registry; a domain of one model. */
    public static final class Mesh implements QuarkusTestResourceLifecycleManager {
        @Override
        public Map<String, String> start() {
            try {
                Map<String, String> config = new HashMap<>(Testkit.config());
                config.put("weir.domain", DOMAIN.toString());
                config.put(
                        "weir.state.dir", Files.createTempDirectory("feature").toString());
                return config;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void stop() {}
    }

    @Test
    void shouldWaitVisiblyThenKeepGoldEqualToItsSql() {
        Domain domain = DomainFolder.load(DOMAIN, _ -> null);
        DataProduct customer = domain.find("silver.customer").orElseThrow();
        DataProduct size = domain.find("gold.country_size").orElseThrow();
        given().when().get("/q/health/live").then().statusCode(200);
        await().untilAsserted(() -> given().when()
                .get("/q/health/ready")
                .then()
                .statusCode(503)
                .body(containsString("waiting for topic silver.shop.customer.v1")));

        RegistrySchemas schemas = Testkit.registry().publish(domain);
        RowTopic input = Testkit.kafka().rows(customer, schemas).create();
        input.put(1L, "DE");
        input.put(2L, "DE");
        input.put(3L, "FR");
        input.put(2L, "FR");
        input.delete(1L);

        RowTopic output = Testkit.kafka().rows(size, schemas);
        output.awaitTable(Map.of(List.of("FR"), List.of("FR", 2L))::equals, LIMIT);
        await().untilAsserted(() ->
                given().when().get("/q/health/ready").then().statusCode(200).body("status", is("UP")));
    }
}
