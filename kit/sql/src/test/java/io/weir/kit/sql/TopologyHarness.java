package io.weir.kit.sql;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.PreCommit;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageTracing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/** A model's real topology under {@link TopologyTestDriver}, with its topics as rows. */
final class TopologyHarness implements AutoCloseable {

    private static final String APPLICATION = "model-test";

    private final ModelPlan plan;
    private final Domain domain;
    private final ModelTopology.StateKind stateKind;
    private final StageContext stage;
    private final InMemorySchemas schemas;
    private final Map<List<Object>, Object[]> table = new LinkedHashMap<>();
    private final Map<List<Object>, Integer> counts = new LinkedHashMap<>();
    private final List<TestRecord<byte[], byte[]>> written = new ArrayList<>();
    private final Map<String, Map<Bytes, byte[]>> changelogs = new LinkedHashMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private TopologyTestDriver driver;

    TopologyHarness(ModelPlan plan, Domain domain, ModelTopology.StateKind stateKind) {
        this.plan = plan;
        this.domain = domain;
        this.stateKind = stateKind;
        StageId id = StageId.of("conform", plan.output().name());
        InstantSource time = () -> now;
        Clock clock = time.withZone(ZoneOffset.UTC);
        this.schemas = InMemorySchemas.of(domain.products().values());
        this.stage = new StageContext(
                id, schemas, new StageMeters(id, new SimpleMeterRegistry(), clock), new StageTracing(id, null), clock);
        this.driver = start();
    }

    private TopologyTestDriver start() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, APPLICATION);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDirectory());
        return new TopologyTestDriver(topology(), properties);
    }

    /** Of its own: another build may run the same test. */
    private static String stateDirectory() {
        try {
            return Files.createTempDirectory(Path.of("target"), "state").toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Topology topology() {
        return ModelTopology.build(plan, stage, stateKind);
    }

    void upsert(DataProduct product, Object... row) {
        Object[] key = product.key().stream().map(column -> row[column]).toArray();
        send(
                product,
                RowCodec.ofKey(product).encode(key),
                RowCodec.ofValue(product).encode(row));
    }

    /** Time goes on. */
    void advance(Duration by) {
        now = now.plus(by);
        driver.advanceWallClockTime(by);
        drain();
    }

    /** The row is there so many times now. */
    void count(DataProduct product, int count, Object... row) {
        send(
                product,
                RowCodec.ofKey(product).encode(row),
                count == 0 ? null : RowCodec.ofValue(product).encode(row),
                count);
    }

    void delete(DataProduct product, Object... key) {
        send(product, RowCodec.ofKey(product).encode(key), null);
    }

    void send(DataProduct product, byte[] key, byte[] value) {
        send(product, key, value, 1);
    }

    private void send(DataProduct product, byte[] key, byte[] value, int count) {
        RecordHeaders headers = new RecordHeaders();
        if (count > 1) {
            headers.add(ChangeHeaders.COUNT, Integer.toString(count).getBytes(StandardCharsets.UTF_8));
        }
        new ChangeHeaders(
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                        "postgresql:shop",
                        "ingest.test.a.v1",
                        1_000,
                        "0a-0b")
                .write(headers);
        SchemaHeaders.writeKey(headers, schemas.idOf(product.name(), Schemas.Part.KEY));
        SchemaHeaders.writeValue(headers, schemas.idOf(product.name(), Schemas.Part.VALUE));
        driver.createInputTopic(product.name().topic(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(new TestRecord<>(key, value, headers));
        drain();
    }

    private void drain() {
        var topic = driver.createOutputTopic(
                plan.output().name().topic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        while (!topic.isEmpty()) {
            TestRecord<byte[], byte[]> record = topic.readRecord();
            written.add(record);
            List<Object> key = Arrays.asList(RowCodec.ofKey(plan.output()).decode(record.key()));
            String count = header(record, ChangeHeaders.COUNT);
            counts.put(key, count == null ? 1 : Integer.parseInt(count));
            if (record.value() == null) {
                table.remove(key);
            } else {
                table.put(key, RowCodec.ofValue(plan.output()).decode(record.value()));
            }
        }
    }

    /** What was written since the last call: {@code key=value}, a tombstone as null. */
    List<String> written() {
        List<String> texts = written.stream()
                .map(record -> Arrays.toString(RowCodec.ofKey(plan.output()).decode(record.key())) + "="
                        + (record.value() == null
                                ? "null"
                                : Arrays.toString(
                                        RowCodec.ofValue(plan.output()).decode(record.value())))
                        + (header(record, ChangeHeaders.COUNT) == null
                                ? ""
                                : " x" + header(record, ChangeHeaders.COUNT)))
                .toList();
        written.clear();
        return texts;
    }

    List<TestRecord<byte[], byte[]>> records() {
        return written;
    }

    Map<List<Object>, Object[]> table() {
        return table;
    }

    /** The output's rows, each as often as it is there. */
    List<Object[]> rows() {
        List<Object[]> rows = new ArrayList<>();
        table.forEach((key, row) -> {
            for (int i = 0; i < counts.getOrDefault(key, 1); i++) {
                rows.add(row);
            }
        });
        return rows;
    }

    /** Reason, field and detail of what went to quarantine since the last call. */
    List<String> quarantined() {
        var topic = driver.createOutputTopic(
                plan.output().name().quarantineTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        return topic.readRecordsToList().stream()
                .map(record -> header(record, QuarantineHeaders.REASON) + " " + header(record, QuarantineHeaders.FIELD)
                        + " " + header(record, QuarantineHeaders.DETAIL))
                .toList();
    }

    static String header(TestRecord<byte[], byte[]> record, String name) {
        var header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Stops and starts again, with the state as its changelog topics have it and nothing else. */
    void restart() {
        List<String> stores = new ArrayList<>();
        driver.getAllStateStores().forEach((name, store) -> {
            if (!(store instanceof PreCommit)) {
                stores.add(name);
            }
        });
        for (String store : stores) {
            Map<Bytes, byte[]> changelog = changelogs.computeIfAbsent(store, _ -> new LinkedHashMap<>());
            String topic = "%s-%s-changelog".formatted(APPLICATION, store);
            if (driver.producedTopicNames().contains(topic)) {
                driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .readRecordsToList()
                        .forEach(record -> changelog.put(Bytes.wrap(record.key()), record.value()));
            }
            changelog.values().removeIf(value -> value == null);
        }
        driver.close();
        driver = start();
        for (String name : stores) {
            KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(name);
            changelogs.getOrDefault(name, Map.of()).forEach(store::put);
        }
    }

    /** How many entries a store holds. */
    int entries(String store) {
        int entries = 0;
        try (KeyValueIterator<Bytes, byte[]> all =
                driver.<Bytes, byte[]>getKeyValueStore(store).all()) {
            for (; all.hasNext(); all.next()) {
                entries++;
            }
        }
        return entries;
    }

    DataProduct product(String name) {
        return domain.find(name).orElseThrow();
    }

    @Override
    public void close() {
        driver.close();
    }
}
