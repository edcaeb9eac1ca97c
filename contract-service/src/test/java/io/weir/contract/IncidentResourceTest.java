package io.weir.contract;

import static io.restassured.RestAssured.get;
import static io.restassured.RestAssured.given;
import static io.weir.kit.testkit.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.weir.contract.Incident.Event;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.Verdict;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was judged, over HTTP. */
@QuarkusTest
@QuarkusTestResource(MeshResource.class)
class IncidentResourceTest {

    private static final long NOW_MS = 1_700_000_000_000L;

    private final TestKafka kafka = Testkit.kafka();
    private final String product = "silver.%s.order.v1".formatted(Testkit.unique("told"));

    @BeforeEach
    void awaitReadiness() {
        await().untilAsserted(() -> get("/q/health/ready").then().statusCode(200));
        await().until(() -> kafka.topics().contains(MeshTopics.INCIDENTS));
    }

    @Test
    void shouldTellVerdictsNowAndOverTime() {
        say(verdict("mail.nullValues", Verdict.State.KEPT, null));
        say(verdict("mail.nullValues", Verdict.State.BROKEN, "i"));
        say(verdict("rowCount", Verdict.State.KEPT, null));

        await().untilAsserted(() -> get("/v1/verdicts?product=" + product)
                .then()
                .statusCode(200)
                .body("verdicts.rule", contains("mail.nullValues", "rowCount"))
                .body("verdicts.state", contains("BROKEN", "KEPT")));
        get("/q/metrics")
                .then()
                .body(matchesPattern(
                        "(?s).*weir_promises_broken\\{severity=\"error\",topic=\"" + product + "\"} 1.0.*"));
        get("/v1/verdicts?state=broken&product=" + product).then().body("verdicts.rule", contains("mail.nullValues"));
        get("/v1/verdicts/" + product + "/mail.nullValues")
                .then()
                .statusCode(200)
                .body("verdicts.state", contains("KEPT", "BROKEN"));
        String next = get("/v1/verdicts?limit=1&product=" + product)
                .then()
                .body("verdicts", hasSize(1))
                .extract()
                .path("next");
        given().queryParam("cursor", next)
                .queryParam("product", product)
                .get("/v1/verdicts")
                .then()
                .body("verdicts.rule", contains("rowCount"))
                .body("next", nullValue());
        get("/v1/verdicts/" + product + "/nothing")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("detail", containsString("nothing was judged by rule \"nothing\""));
        get("/v1/verdicts?state=brken").then().statusCode(400).contentType("application/problem+json");
    }

    @Test
    void shouldTellIncidentsNewestFirstAndAnswerUnchangedOnesShortly() {
        tell("a-" + product, Event.OPENED);
        tell("a-" + product, Event.RESOLVED);
        tell("b-" + product, Event.OPENED);
        tell("c-" + product, Event.OPENED);

        await().untilAsserted(() -> get("/v1/incidents?product=" + product)
                .then()
                .statusCode(200)
                .header("ETag", notNullValue())
                .body("incidents.id", contains("c-" + product, "b-" + product)));
        get("/v1/incidents?state=all&product=" + product).then().body("incidents", hasSize(3));
        String next = get("/v1/incidents?limit=1&product=" + product)
                .then()
                .body("incidents.id", contains("c-" + product))
                .extract()
                .path("next");
        get("/v1/incidents?limit=1&product=" + product + "&cursor=" + next)
                .then()
                .body("incidents.id", contains("b-" + product))
                .body("next", nullValue());
        get("/v1/incidents/a-" + product)
                .then()
                .statusCode(200)
                .body("event", equalTo("RESOLVED"))
                .body("owner.team", equalTo("shop-data"))
                .body("affected[0].name", equalTo("newsletter"));
        await().untilAsserted(() -> {
            String tag = get("/v1/incidents").header("ETag");
            given().header("If-None-Match", tag).get("/v1/incidents").then().statusCode(304);
        });
        get("/v1/incidents/none").then().statusCode(404).contentType("application/problem+json");
        get("/q/metrics").then().body(containsString("weir_incidents_open"));
    }

    private void say(Verdict verdict) {
        kafka.send(MeshTopics.VERDICTS, verdict.key().getBytes(UTF_8), MeshJson.write(verdict));
    }

    private void tell(String id, Event event) {
        Incident incident = new Incident(
                id,
                event,
                verdict("rowCount", event == Event.RESOLVED ? Verdict.State.KEPT : Verdict.State.BROKEN, id),
                NOW_MS,
                NOW_MS,
                new Incident.Owner("jaffle", "shop-data", "shop-data@jaffle.example"),
                List.of(new Incident.Affected("subscription", "newsletter", "marketing", "m@jaffle.example", 1)));
        kafka.send(MeshTopics.INCIDENTS, id.getBytes(UTF_8), MeshJson.write(incident));
    }

    private Verdict verdict(String rule, Verdict.State state, @Nullable String incident) {
        return new Verdict(
                product,
                rule,
                "nullValues",
                "mail",
                state,
                "error",
                "quarantine",
                "nullValues of \"mail\": at most 5 percent",
                7.5,
                "percent",
                "15 of 200 rows of the last 10 min have no value",
                "bronze.jaffle.orders.v1-0@17",
                NOW_MS,
                NOW_MS,
                incident,
                false,
                false,
                0);
    }
}
