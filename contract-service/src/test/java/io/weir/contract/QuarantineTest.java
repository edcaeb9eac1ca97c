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
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be done with rows in quarantine, on a real Kafka. Each test marks its rows with a field of its own. */
@QuarkusTest
@QuarkusTestResource(MeshResource.class)
class QuarantineTest {

    private static final String TOPIC = "silver.jaffle.order_item.v1";
    private static final String ROWS = "/v1/quarantine/" + TOPIC + "/rows?field=";
    private static final String SYNC = "outcome.jaffle.crm";
    private static final Domain DOMAIN = DomainFolder.load(Path.of("../examples/jaffle-shop"), _ -> null);

    private final TestKafka kafka = Testkit.kafka();
    private final DataProduct product = DOMAIN.find("silver.order_item").orElseThrow();

    @BeforeEach
    void awaitContracts() {
        kafka.createTopic(TOPIC, 2, Map.of("cleanup.policy", "compact"));
        kafka.createTopic("quarantine." + TOPIC, 2);
        await().untilAsserted(
                        () -> get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP")));
    }

    @Test
    void shouldListShowAndPage() {
        for (long id = 101; id <= 103; id++) {
            quarantine("list", row(id, 0), 1_000 + id);
        }

        String next = get(ROWS + "list&limit=2")
                .then()
                .statusCode(200)
                .body("rows", hasSize(2))
                .body("rows[0].reason", equalTo("CONTRACT_VIOLATED"))
                .body("rows[0].rule", equalTo("minimum"))
                .body("rows[0].row", nullValue())
                .extract()
                .path("next");
        String last = get(ROWS + "list&limit=2&cursor=" + next)
                .then()
                .body("rows", hasSize(1))
                .body("next", nullValue())
                .extract()
                .path("rows[0].position");
        get("/v1/quarantine/" + TOPIC + "/rows/" + last)
                .then()
                .statusCode(200)
                .body("row.quantity", equalTo(0))
                .body("valueBytes", notNullValue());
        get(ROWS + "list&until=1970-01-01T00:00:00Z").then().body("rows", empty());
        get(ROWS + "list&rule=pattern").then().body("rows", empty());
    }

    @Test
    void shouldRedriveWhatKeepsTheContractAndNothingElse() {
        quarantine("mixed", row(201, 5), 1_000);
        quarantine("mixed", row(202, 0), 1_000);
        quarantine("mixed", null, 1_000);

        order("redrive", "mixed", true)
                .body("dryRun", equalTo(true))
                .body("counts", equalTo(Map.of("REDRIVEN", 1, "STILL_BROKEN", 1, "NOT_A_ROW", 1)));
        assertThat(rows(201)).isEmpty();
        order("redrive", "mixed", false)
                .body("counts", equalTo(Map.of("REDRIVEN", 1, "STILL_BROKEN", 1, "NOT_A_ROW", 1)))
                .body("rows.find { it.outcome == 'STILL_BROKEN' }.why", equalTo("minimum of \"quantity\": at least 1"));

        assertThat(rows(201)).singleElement().satisfies(record -> {
            assertThat(ChangeHeaders.read(record.headers()).path())
                    .isEqualTo("conform.jaffle.order_item.v1,redrive.jaffle.order_item.v1");
            assertThat(ChangeHeaders.read(record.headers()).sourceTimestampMs()).isEqualTo(1_000);
            assertThat(RowCodec.ofValue(product).decode(record.value())[4]).isEqualTo(5L);
        });
        get(ROWS + "mixed").then().body("rows", hasSize(2));
        order("redrive", "mixed", false).body("counts", equalTo(Map.of("STILL_BROKEN", 1, "NOT_A_ROW", 1)));
        assertThat(rows(201)).hasSize(1);
    }

    @Test
    void shouldNeverOvertakeANewerRowOfTheKey() {
        kafka.send(product(row(301, 9), 5_000));
        kafka.send(product(row(302, 9), 1_000));
        quarantine("late", row(301, 5), 4_000);
        quarantine("late", row(302, 5), 4_000);

        order("redrive", "late", false).body("counts", equalTo(Map.of("REDRIVEN", 1, "OVERTAKEN", 1)));

        assertThat(quantities(301)).containsExactly(9L);
        assertThat(quantities(302)).containsExactly(9L, 5L);
    }

    @Test
    void shouldKeepTheOrderOfAKeyAndTheCap() {
        quarantine("order", row(401, 1), 1_000);
        quarantine("order", row(401, 2), 2_000);
        quarantine("order", row(401, 3), 3_000);

        given().contentType("application/json")
                .body(Map.of("field", "order", "limit", 2, "by", "ada"))
                .post("/v1/quarantine/" + TOPIC + "/redrive")
                .then()
                .statusCode(200)
                .body("more", equalTo(true));
        order("redrive", "order", false).body("more", equalTo(false));

        assertThat(quantities(401)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void shouldLetTheStageReadAgainWhatItCouldNotRead() {
        String input = "bronze.jaffle.order_items.v1";
        kafka.createTopic(input, 1, Map.of("cleanup.policy", "compact"));
        long newest = read(input, "a", "one");
        read(input, "b", "one");
        read(input, "b", "two");
        quarantineRead(TOPIC, "read", input, newest, "a", "one");
        quarantineRead(TOPIC, "read", input, newest + 1, "b", "one");
        quarantineRead(TOPIC, "read", "source.jaffle.shop.public.orders", 3, "c", "one");

        order("redrive", "read", true)
                .body("counts", equalTo(Map.of("READ_AGAIN", 1, "OVERTAKEN", 1, "NOT_A_ROW", 1)))
                .body(
                        "rows.find { it.outcome == 'NOT_A_ROW' }.why",
                        equalTo(
                                "it is a record of source.jaffle.shop.public.orders, which is no product: let its source write it again"));
        assertThat(kafka.records(input)).hasSize(3);
        order("redrive", "read", false)
                .body("counts", equalTo(Map.of("READ_AGAIN", 1, "OVERTAKEN", 1, "NOT_A_ROW", 1)));

        assertThat(kafka.records(input)).hasSize(4).last().satisfies(record -> {
            assertThat(record.key()).asString().isEqualTo("a");
            assertThat(record.value()).asString().isEqualTo("one");
            assertThat(ChangeHeaders.read(record.headers()).path())
                    .isEqualTo("ingest.jaffle.order_items.v1,redrive.jaffle.order_item.v1");
        });
        order("redrive", "read", false).body("counts", equalTo(Map.of("OVERTAKEN", 1, "NOT_A_ROW", 1)));
    }

    @Test
    void shouldLetASyncReadAgainWhatItsDestinationRefused() {
        String input = "gold.jaffle.customer_profile.v1";
        kafka.createTopic(input, 1, Map.of("cleanup.policy", "compact"));
        kafka.createTopic("quarantine." + SYNC, 1);
        long newest = read(input, "a", "one");
        read(input, "b", "one");
        read(input, "b", "two");
        quarantineRead(SYNC, "again", input, newest, "a", "one");
        quarantineRead(SYNC, "again", input, newest + 1, "b", "one");

        order(SYNC, "redrive", "again", true).body("counts", equalTo(Map.of("READ_AGAIN", 1, "OVERTAKEN", 1)));
        assertThat(kafka.records(input)).hasSize(3);
        String id = order(SYNC, "redrive", "again", false)
                .body("counts", equalTo(Map.of("READ_AGAIN", 1, "OVERTAKEN", 1)))
                .extract()
                .path("id");

        assertThat(kafka.records(input)).hasSize(4).last().satisfies(record -> {
            assertThat(record.key()).asString().isEqualTo("a");
            assertThat(record.value()).asString().isEqualTo("one");
            assertThat(ChangeHeaders.read(record.headers()).path())
                    .isEqualTo("ingest.jaffle.order_items.v1,redrive-sync.jaffle.crm.v1");
        });
        order(SYNC, "redrive", "again", false).body("counts", equalTo(Map.of("OVERTAKEN", 1)));
        order(SYNC, "discard", "again", false).body("counts", equalTo(Map.of("DISCARDED", 1)));
        get("/v1/quarantine/" + SYNC + "/rows?field=again").then().body("rows", empty());
        assertThat(kafka.records(MeshTopics.AUDIT)).anySatisfy(record -> {
            assertThat(record.key()).asString().isEqualTo(SYNC);
            assertThat(record.value()).asString().contains(id, "\"action\":\"redrive\"", "\"READ_AGAIN\"");
        });
    }

    @Test
    void shouldShowWhatASyncCouldNotWrite() {
        DataProduct profiles = DOMAIN.find("gold.customer_profile").orElseThrow();
        Object[] profile = {7L, "DE", 2L, 3L, new BigDecimal("10.00"), null, null, null, null};
        var record = new ProducerRecord<>(
                "quarantine." + SYNC,
                RowCodec.ofKey(profiles).encode(new Object[] {7L}),
                RowCodec.ofValue(profiles).encode(profile));
        SchemaHeaders.writeValue(
                record.headers(),
                new RegistrySchemas(URI.create(Testkit.registry().url())).idOf(profiles, Schemas.Part.VALUE));
        kafka.createTopic("quarantine." + SYNC, 1);
        sendQuarantined(record, "shown", "gold.jaffle.customer_profile.v1", 0);

        get("/v1/quarantine/" + SYNC + "/rows?data=true&reason=DECODE_FAILED&field=shown")
                .then()
                .statusCode(200)
                .body("rows", hasSize(1))
                .body("rows[0].input", equalTo("gold.jaffle.customer_profile.v1-0@0"))
                .body("rows[0].row.country", equalTo("DE"))
                .body("rows[0].valueBytes", notNullValue());
        get("/v1/quarantine/" + SYNC + "/rows?field=shown&until=1970-01-01T00:00:00Z")
                .then()
                .body("rows", empty());
        await().untilAsserted(() -> get("/v1/quarantine")
                .then()
                .body(
                        "find { it.topic == '%s' }.causes.find { it.field == 'shown' }.rows".formatted(SYNC),
                        equalTo(1)));
    }

    private long read(String topic, String key, String value) {
        var record = new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8));
        new ChangeHeaders(null, "postgresql:shop", "ingest.jaffle.order_items.v1", 1_000, null).write(record.headers());
        kafka.send(record);
        return kafka.records(topic).getLast().offset();
    }

    private void quarantineRead(String of, String field, String input, long offset, String key, String value) {
        sendQuarantined(
                new ProducerRecord<>("quarantine." + of, key.getBytes(UTF_8), value.getBytes(UTF_8)),
                field,
                input,
                offset);
    }

    private void sendQuarantined(ProducerRecord<byte[], byte[]> record, String field, String input, long offset) {
        record.headers()
                .add(QuarantineHeaders.REASON, ReasonCode.DECODE_FAILED.name().getBytes(UTF_8))
                .add(QuarantineHeaders.FIELD, field.getBytes(UTF_8))
                .add(QuarantineHeaders.INPUT, (input + "-0@" + offset).getBytes(UTF_8))
                .add(QuarantineHeaders.FORM, QuarantineHeaders.FORM_READ.getBytes(UTF_8));
        kafka.send(record);
    }

    @Test
    void shouldGiveRowsUpAndSaySoInTheAudit() {
        quarantine("gone", row(501, 0), 1_000);

        String id = order("discard", "gone", false)
                .body("rows.outcome", contains("DISCARDED"))
                .extract()
                .path("id");

        get(ROWS + "gone").then().body("rows", empty());
        assertThat(kafka.records(MeshTopics.AUDIT))
                .extracting(record -> new String(record.value(), UTF_8))
                .anySatisfy(audit -> assertThat(audit)
                        .contains(id, "\"action\":\"discard\"", "\"by\":\"ada\"", "\"why\":\"a test\""));
    }

    @Test
    void shouldTellWhatIsWrongWithAQuestion() {
        get("/v1/quarantine/silver.jaffle.nothing.v1/rows").then().statusCode(404);
        get("/v1/quarantine/outcome.jaffle.crn/rows")
                .then()
                .statusCode(404)
                .body(
                        "detail",
                        equalTo(
                                "nothing can lie in quarantine for \"outcome.jaffle.crn\"; GET /v1/quarantine lists for what"));
        get(ROWS + "x&since=yesterday").then().statusCode(400).body("detail", containsString("since \"yesterday\""));
        get(ROWS + "x&cursor=1").then().statusCode(400);
        given().contentType("application/json")
                .body(Map.of("field", "x"))
                .post("/v1/quarantine/" + TOPIC + "/redrive")
                .then()
                .statusCode(400)
                .body("detail", containsString("\"by\""));
    }

    private static ValidatableResponse order(String action, String field, boolean dryRun) {
        return order(TOPIC, action, field, dryRun);
    }

    private static ValidatableResponse order(String of, String action, String field, boolean dryRun) {
        return given().contentType("application/json")
                .body(Map.of("field", field, "dryRun", dryRun, "by", "ada", "why", "a test"))
                .post("/v1/quarantine/" + of + "/" + action)
                .then()
                .statusCode(200);
    }

    private static Object[] row(long id, long quantity) {
        return new Object[] {id, 1L, "JAF-1", "jaffle", quantity, new BigDecimal("1.00"), new BigDecimal("5.00")};
    }

    private void quarantine(String field, Object @Nullable [] row, long sourceMs) {
        byte[] key = row == null ? new byte[] {1} : key(row);
        byte[] value = row == null
                ? new byte[] {1}
                : RowCodec.of(product.rowType().allNullable()).encode(row);
        var record = new ProducerRecord<>("quarantine." + TOPIC, key, value);
        new ChangeHeaders(null, "postgresql:shop", "conform.jaffle.order_item.v1", sourceMs, null)
                .write(record.headers());
        record.headers()
                .add(
                        QuarantineHeaders.REASON,
                        ReasonCode.CONTRACT_VIOLATED.name().getBytes(UTF_8))
                .add(QuarantineHeaders.RULE, "minimum".getBytes(UTF_8))
                .add(QuarantineHeaders.FIELD, field.getBytes(UTF_8))
                .add(QuarantineHeaders.FORM, QuarantineHeaders.FORM_ROW.getBytes(UTF_8));
        kafka.send(record);
    }

    private ProducerRecord<byte[], byte[]> product(Object[] row, long sourceMs) {
        var record =
                new ProducerRecord<>(TOPIC, key(row), RowCodec.ofValue(product).encode(row));
        new ChangeHeaders(null, "postgresql:shop", "conform.jaffle.order_item.v1", sourceMs, null)
                .write(record.headers());
        return record;
    }

    private byte[] key(Object[] row) {
        return RowCodec.ofKey(product).encode(new Object[] {row[0]});
    }

    private List<Long> quantities(long id) {
        return rows(id).stream()
                .map(record -> (Long) RowCodec.ofValue(product).decode(record.value())[4])
                .toList();
    }

    private List<ConsumerRecord<byte[], byte[]>> rows(long id) {
        byte[] key = key(row(id, 0));
        return kafka.records(TOPIC).stream()
                .filter(record -> Arrays.equals(record.key(), key))
                .toList();
    }
}
