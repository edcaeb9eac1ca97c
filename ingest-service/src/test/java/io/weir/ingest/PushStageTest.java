package io.weir.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageTracing;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PushStageTest {

    private static final Instant NOW = Instant.parse("2026-01-31T18:30:00Z");

    @TempDir
    Path state;

    private final InMemorySchemas schemas = InMemorySchemas.of(Fixtures.PRODUCT);
    private final PushStage stage =
            new PushStage(StageId.of("ingest", Fixtures.PRODUCT.name()), Fixtures.PRODUCT, Duration.ofDays(7));
    private final StageMeters meters = new StageMeters(stage.id(), new SimpleMeterRegistry(), Clock.systemUTC());
    private Topology topology;
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> pushes;
    private TestOutputTopic<byte[], byte[]> bronze;
    private TestOutputTopic<byte[], byte[]> outcomes;
    private TestOutputTopic<byte[], byte[]> quarantine;

    @BeforeEach
    void start() {
        topology = stage.topology(
                new StageContext(stage.id(), schemas, meters, new StageTracing(stage.id(), null), Clock.systemUTC()));
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, stage.id().toString());
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "none:1");
        settings.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        driver = new TopologyTestDriver(topology, settings, NOW);
        pushes = driver.createInputTopic("push.jaffle.products", new ByteArraySerializer(), new ByteArraySerializer());
        bronze = output(Fixtures.PRODUCT.name().topic());
        quarantine = output(Fixtures.PRODUCT.name().quarantineTopic());
        outcomes = output(PushOutcome.TOPIC);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void shouldHaveTheTopologyOfTheGoldenFile() throws IOException {
        try (var golden = getClass().getResourceAsStream("/push-stage.topology.txt")) {
            assertThat(topology.describe().toString().replaceAll("\\$\\$Lambda[^)]*", ""))
                    .isEqualTo(golden == null ? "" : new String(golden.readAllBytes(), UTF_8));
        }
    }

    @Test
    void shouldWriteAChangeAndSayThatItIsAccepted() {
        push("op-1", "request:0", NOW, "a", "tea");

        TestRecord<byte[], byte[]> written = bronze.readRecord();
        assertThat(RowCodec.ofValue(Fixtures.PRODUCT).decode(written.value())).containsExactly("a", "tea", null);
        assertThat(ChangeHeaders.read(written.headers()).position()).isEqualTo("0000000000000000-0000000000000000");
        assertThat(outcome()).isEqualTo(new PushOutcome("request:0", "op-1", "products", PushOutcome.Result.ACCEPTED));
    }

    @Test
    void shouldChangeNothingForAnOperationThatItRemembers() {
        push("op-1", "request:0", NOW, "a", "tea");
        push("op-1", "request:1", NOW, "b", "coffee");

        assertThat(bronze.readRecordsToList()).hasSize(1);
        outcome();
        assertThat(outcome().result()).isEqualTo(PushOutcome.Result.DUPLICATE);
        assertThat(meters.rowsStopped()).isEqualTo(1);
    }

    @Test
    void shouldForgetAnOperationAfterItsTimeAndNotBefore() {
        push("op-1", "request:0", NOW, "a", "tea");
        driver.advanceWallClockTime(Duration.ofDays(6));
        push("op-1", "request:1", NOW.plus(Duration.ofDays(6)), "a", "tea");
        driver.advanceWallClockTime(Duration.ofDays(2));
        push("op-1", "request:2", NOW.plus(Duration.ofDays(8)), "a", "tea");

        assertThat(outcome().result()).isEqualTo(PushOutcome.Result.ACCEPTED);
        assertThat(outcome().result()).isEqualTo(PushOutcome.Result.DUPLICATE);
        assertThat(outcome().result()).isEqualTo(PushOutcome.Result.ACCEPTED);
    }

    @Test
    void shouldWriteATombstoneForADeletion() {
        push("op-1", "request:0", NOW, "a", null);

        TestRecord<byte[], byte[]> written = bronze.readRecord();
        assertThat(RowCodec.ofKey(Fixtures.PRODUCT).decode(written.key())).containsExactly("a");
        assertThat(written.value()).isNull();
    }

    @Test
    void shouldQuarantineWhatIsNoPush() {
        pushes.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, new RecordHeaders(), NOW));

        assertThat(new String(
                        quarantine
                                .readRecord()
                                .headers()
                                .lastHeader("weir-reason")
                                .value(),
                        UTF_8))
                .isEqualTo("DECODE_FAILED");
        assertThat(outcomes.isEmpty()).isTrue();
    }

    @Test
    void shouldQuarantineBytesThatAreNoRowAndGoOn() {
        Headers headers = headers("op-1", "request:0");
        pushes.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1, 2, 3}, headers, NOW));
        push("op-2", "request:1", NOW, "a", "tea");

        assertThat(quarantine.readRecordsToList()).hasSize(1);
        assertThat(bronze.readRecordsToList()).hasSize(1);
    }

    private void push(String operation, String request, Instant at, String sku, @Nullable String name) {
        byte[] key = RowCodec.ofKey(Fixtures.PRODUCT).encode(new Object[] {sku});
        byte[] value = name == null ? null : RowCodec.ofValue(Fixtures.PRODUCT).encode(new Object[] {sku, name, null});
        pushes.pipeInput(new TestRecord<>(key, value, headers(operation, request), at));
    }

    private static Headers headers(String operation, String request) {
        Headers headers = new RecordHeaders();
        headers.add(PushHeaders.OPERATION_ID, operation.getBytes(UTF_8));
        headers.add(PushHeaders.REQUEST, request.getBytes(UTF_8));
        new ChangeHeaders(null, "push:partners", "", NOW.toEpochMilli(), null).write(headers);
        return headers;
    }

    private PushOutcome outcome() {
        return MeshJson.read(outcomes.readRecord().value(), PushOutcome.class).orElseThrow();
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
