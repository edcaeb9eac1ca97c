package io.weir.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.ingest.Debezium.At;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Source.OnSchemaChange;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageHaltException;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageTracing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableStageTest {

    private static final String TOPIC = "source.jaffle.shop.public.products";

    @TempDir
    Path state;

    private final InMemorySchemas schemas = InMemorySchemas.of(Fixtures.PRODUCT);
    private final Debezium debezium = new Debezium(schemas, """
            {"name": "sku", "type": "string"}""", """
            {"name": "sku", "type": "string"},
            {"name": "name", "type": ["null", "string"], "default": null},
            {"name": "description", "type": ["null", "string"], "default": null},
            {"name": "shelf", "type": ["null", "int"], "default": null}""");
    private TableStage stage = stage(OnSchemaChange.EVOLVE);
    private final StageMeters meters = new StageMeters(stage.id(), new SimpleMeterRegistry(), Clock.systemUTC());
    private Topology topology;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> changes;
    private TestOutputTopic<byte[], byte[]> bronze;
    private TestOutputTopic<byte[], byte[]> quarantine;

    @BeforeEach
    void start() {
        topology = stage.topology(
                new StageContext(stage.id(), schemas, meters, new StageTracing(stage.id(), null), Clock.systemUTC()));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, stage.id().toString());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        driver = new TopologyTestDriver(topology, settings);
        changes = driver.createInputTopic(TOPIC, new ByteArraySerializer(), new ByteArraySerializer());
        bronze = output(Fixtures.PRODUCT.name().topic());
        quarantine = output(Fixtures.PRODUCT.name().quarantineTopic());
    }

    private void startAnew(OnSchemaChange policy) {
        stop();
        stage = stage(policy);
        start();
    }

    private static TableStage stage(OnSchemaChange policy) {
        return new TableStage(
                StageId.of("ingest", Fixtures.PRODUCT.name()), TOPIC, "postgresql:shop", Fixtures.PRODUCT, policy);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldHaveTheTopologyOfTheGoldenFile() throws IOException {
        try (var golden = getClass().getResourceAsStream("/table-stage.topology.txt")) {
            assertThat(topology.describe().toString().replaceAll("\\$\\$Lambda[^)]*", ""))
                    .isEqualTo(golden == null ? "" : new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void shouldWriteRowKeyAndHeadersOfAChange() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));

        TestRecord<byte[], byte[]> written = bronze.readRecord();
        assertThat(RowCodec.ofKey(Fixtures.PRODUCT).decode(written.key())).containsExactly("a");
        assertThat(RowCodec.ofValue(Fixtures.PRODUCT).decode(written.value())).containsExactly("a", "tea", "hot");
        ChangeHeaders headers = ChangeHeaders.read(written.headers());
        assertThat(headers.origin()).isEqualTo("postgresql:shop");
        assertThat(headers.path()).isEqualTo("ingest.jaffle.products.v1");
        assertThat(headers.sourceTimestampMs()).isEqualTo(1_000_010L);
        assertThat(headers.position()).isEqualTo("0000000000000005-000000000000000a");
        assertThat(headers.traceparent()).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-01");
        assertThat(SchemaHeaders.valueSchema(written.headers(), schemas))
                .contains(RowCodec.ofValue(Fixtures.PRODUCT).schema());
        assertThat(bronze.isEmpty()).isTrue();
        assertThat(quarantine.isEmpty()).isTrue();
    }

    @Test
    void shouldGiveAReplayAfterAResetTheSameTrace() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));
        String first = ChangeHeaders.read(bronze.readRecord().headers()).traceparent();
        stop();

        start();
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));

        assertThat(ChangeHeaders.read(bronze.readRecord().headers()).traceparent())
                .isEqualTo(first);
    }

    @Test
    void shouldContinueATraceThatTheSourceGives() {
        String given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        TestRecord<byte[], byte[]> event = debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot"));
        event.headers().add("traceparent", given.getBytes(StandardCharsets.UTF_8));

        changes.pipeInput(event);

        assertThat(ChangeHeaders.read(bronze.readRecord().headers()).traceparent())
                .isEqualTo(given);
    }

    @Test
    void shouldPutARowAsideWhoseTableHasAColumnThatTheContractLacks() {
        startAnew(OnSchemaChange.QUARANTINE);

        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));

        assertThat(bronze.isEmpty()).isTrue();
        TestRecord<byte[], byte[]> aside = quarantine.readRecord();
        assertThat(text(aside.headers(), QuarantineHeaders.REASON)).isEqualTo("CONTRACT_VIOLATED");
        assertThat(text(aside.headers(), QuarantineHeaders.RULE)).isEqualTo("column");
        assertThat(text(aside.headers(), QuarantineHeaders.FIELD)).isEqualTo("shelf");
    }

    @Test
    void shouldStopBeforeARowWhoseTableHasAColumnThatTheContractLacks() {
        startAnew(OnSchemaChange.HALT);

        assertThatThrownBy(
                        () -> changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot"))))
                .rootCause()
                .isInstanceOf(StageHaltException.class)
                .hasMessage(
                        "halted by onSchemaChange: column \"shelf\": the contract has no such column. Put the contract of bronze.jaffle.products.v1 or the table right, or set onSchemaChange: evolve");
        assertThat(bronze.isEmpty()).isTrue();
    }

    @Test
    void shouldLetRowsPassUnderEveryPolicyWhereTableAndContractAgree() {
        Debezium asTheContract = new Debezium(schemas, """
                {"name": "sku", "type": "string"}""", """
                {"name": "sku", "type": "string"},
                {"name": "name", "type": ["null", "string"], "default": null},
                {"name": "description", "type": ["null", "string"], "default": null}""");
        startAnew(OnSchemaChange.HALT);

        changes.pipeInput(asTheContract.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));

        assertThat(bronze.readRecordsToList()).hasSize(1);
    }

    @Test
    void shouldReadOnlyTheKeyOfADeletion() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));
        changes.pipeInput(debezium.event("d", At.of(20, 30, 2), key("a"), null));
        changes.pipeInput(debezium.tombstone(key("a")));

        assertThat(bronze.readRecordsToList())
                .extracting(TestRecord::value)
                .last()
                .isNull();
        assertThat(meters.rowsIn()).isEqualTo(2);
        assertThat(meters.rowsOut()).isEqualTo(2);
    }

    @Test
    void shouldCountWhatItStops() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));
        changes.pipeInput(debezium.event("u", At.of(20, 30, 2), key("a"), row("a", "tea", Debezium.GAP)));
        changes.pipeInput(debezium.event(
                "u", new At(40L, 50, 3L, "false", "weir/jaffle.crm/0"), key("a"), row("a", "coffee", "hot")));

        assertThat(meters.rowsStopped()).isEqualTo(3);
        assertThat(table()).containsEntry("a", List.of("a", "tea", "hot"));
    }

    @Test
    void shouldTruncateExactly() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));
        changes.pipeInput(debezium.event("c", At.of(5, 12, 1), key("b"), row("b", "tea", "hot")));
        changes.pipeInput(debezium.event("t", At.of(20, 30, 2), Map.of(), null));
        changes.pipeInput(debezium.event("c", At.of(40, 50, 3), key("b"), row("b", "cocoa", "hot")));
        changes.pipeInput(debezium.event("t", At.of(20, 30, 2), Map.of(), null));

        assertThat(table()).containsOnly(Map.entry("b", List.of("b", "cocoa", "hot")));
    }

    @Test
    void shouldForgetRowsThatALaterSnapshotDoesNotHold() {
        changes.pipeInput(debezium.event("r", At.snapshot(100, "first"), key("a"), row("a", "tea", "hot")));
        changes.pipeInput(debezium.event("r", At.snapshot(100, "last"), key("b"), row("b", "tea", "hot")));
        changes.pipeInput(debezium.event("r", At.snapshot(200, "first"), key("b"), row("b", "tea", "hot")));
        changes.pipeInput(debezium.event("r", At.snapshot(200, "last"), key("c"), row("c", "tea", "hot")));

        assertThat(table()).containsOnlyKeys("b", "c");
        assertThat(meters.rowsStopped()).isEqualTo(1);
    }

    @Test
    void shouldQuarantineAnUnchangedLargeValueThatWasNeverSeen() {
        changes.pipeInput(debezium.event("u", At.of(5, 10, 1), key("a"), row("a", "tea", Debezium.GAP)));

        assertThat(bronze.isEmpty()).isTrue();
        Headers headers = quarantine.readRecord().headers();
        assertThat(text(headers, "weir-reason")).isEqualTo("VALUE_UNAVAILABLE");
        assertThat(text(headers, "weir-field")).isEqualTo("description");
        assertThat(text(headers, "weir-input")).isEqualTo(TOPIC + "-0@0");
    }

    @Test
    void shouldQuarantineBytesThatCannotBeReadAndGoOn() {
        Headers headers = new RecordHeaders();
        SchemaHeaders.writeValue(headers, 1);
        changes.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {9, 9, 9}, headers, 1L));
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot")));

        assertThat(text(quarantine.readRecord().headers(), "weir-reason")).isEqualTo("DECODE_FAILED");
        assertThat(table()).containsOnlyKeys("a");
    }

    @Test
    void shouldQuarantineAChangeWithoutAKey() {
        changes.pipeInput(debezium.event("c", At.of(5, 10, 1), Map.of(), row("a", "tea", "hot")));

        assertThat(text(quarantine.readRecord().headers(), "weir-reason")).isEqualTo("KEY_MISSING");
    }

    @Test
    void shouldQuarantineARowWithoutAColumnOfTheContract() {
        Debezium other = new Debezium(schemas, """
                {"name": "sku", "type": "string"}""", """
                {"name": "sku", "type": "string"},
                {"name": "name", "type": ["null", "string"], "default": null}""");

        changes.pipeInput(other.event("c", At.of(5, 10, 1), key("a"), Map.of("sku", "a", "name", "tea")));

        Headers headers = quarantine.readRecord().headers();
        assertThat(text(headers, "weir-reason")).isEqualTo("CONTRACT_VIOLATED");
        assertThat(text(headers, "weir-rule")).isEqualTo("column");
        assertThat(text(headers, "weir-field")).isEqualTo("description");
    }

    @Test
    void shouldQuarantineAChangeThatHasPassedTheStageBefore() {
        TestRecord<byte[], byte[]> event = debezium.event("c", At.of(5, 10, 1), key("a"), row("a", "tea", "hot"));
        event.headers().add(ChangeHeaders.PATH, stage.id().toString().getBytes(StandardCharsets.UTF_8));

        changes.pipeInput(event);

        assertThat(bronze.isEmpty()).isTrue();
        assertThat(text(quarantine.readRecord().headers(), "weir-reason")).isEqualTo("LOOP");
    }

    private Map<String, List<Object>> table() {
        Map<String, List<Object>> table = new HashMap<>();
        for (TestRecord<byte[], byte[]> record : new ArrayList<>(bronze.readRecordsToList())) {
            String key = (String) RowCodec.ofKey(Fixtures.PRODUCT).decode(record.key())[0];
            if (record.value() == null) {
                table.remove(key);
            } else {
                table.put(key, Arrays.asList(RowCodec.ofValue(Fixtures.PRODUCT).decode(record.value())));
            }
        }
        return table;
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static Map<String, ?> key(String sku) {
        return Map.of("sku", sku);
    }

    private static Map<String, ?> row(String sku, String name, String description) {
        return Map.of("sku", sku, "name", name, "description", description);
    }

    private static String text(Headers headers, String name) {
        return new String(headers.lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
