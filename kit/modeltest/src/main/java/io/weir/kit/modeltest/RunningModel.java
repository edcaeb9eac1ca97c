package io.weir.kit.modeltest;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.Schemas;
import io.weir.kit.sql.ModelPlan;
import io.weir.kit.sql.ModelTopology;
import io.weir.kit.stream.ChangeHeaders;
import io.weir.kit.stream.PreCommit;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageTracing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;

/** One model's topology under a {@link TopologyTestDriver}, with its output as a table. Of one thread. */
final class RunningModel implements AutoCloseable {

    private final ModelPlan plan;
    private final TestClock clock;
    private final StageContext stage;
    private final Properties properties = new Properties();
    private final Map<ByteBuffer, List<@Nullable Object[]>> table = new LinkedHashMap<>();
    private final List<String> quarantined = new ArrayList<>();
    /** What the changelog topics hold: the last value of each key, by topic. */
    private final Map<String, Map<Bytes, byte[]>> changelogs = new LinkedHashMap<>();

    private TopologyTestDriver driver;

    RunningModel(ModelPlan plan, Schemas schemas, TestClock clock) {
        this.plan = plan;
        this.clock = clock;
        StageId id = StageId.of(
                plan.output().name().layer() == Layer.GOLD ? "feature" : "conform",
                plan.output().name());
        this.stage = new StageContext(
                id, schemas, new StageMeters(id, new SimpleMeterRegistry(), clock), new StageTracing(id, null), clock);
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, id.toString());
        this.driver = start();
    }

    private TopologyTestDriver start() {
        return new TopologyTestDriver(
                ModelTopology.build(plan, stage, ModelTopology.StateKind.MEMORY), properties, clock.instant());
    }

    ModelPlan plan() {
        return plan;
    }

    DataProduct output() {
        return plan.output();
    }

    boolean reads(DataProduct product) {
        return plan.inputs().stream().anyMatch(input -> input.name().equals(product.name()));
    }

    /** What it writes because of a record of one of its inputs. */
    List<TestRecord<byte[], byte[]>> pipe(DataProduct input, TestRecord<byte[], byte[]> record) {
        driver.createInputTopic(input.name().topic(), new ByteArraySerializer(), new ByteArraySerializer())
                .pipeInput(record);
        return drain();
    }

    /** What it writes because time passes; the clock is already there. */
    List<TestRecord<byte[], byte[]>> advance(Duration by) {
        driver.advanceWallClockTime(by);
        return drain();
    }

    private List<TestRecord<byte[], byte[]>> drain() {
        List<TestRecord<byte[], byte[]>> written = read(plan.output().name().topic());
        for (TestRecord<byte[], byte[]> record : written) {
            ByteBuffer key = ByteBuffer.wrap(record.key());
            if (record.value() == null) {
                table.remove(key);
            } else {
                table.put(
                        key,
                        Collections.nCopies(
                                Math.toIntExact(ChangeHeaders.count(record.headers())),
                                RowCodec.ofValue(plan.output()).decode(record.value())));
            }
        }
        for (TestRecord<byte[], byte[]> record : read(plan.output().name().quarantineTopic())) {
            quarantined.add("%s%s: %s"
                    .formatted(
                            header(record, QuarantineHeaders.REASON),
                            header(record, QuarantineHeaders.FIELD).isEmpty()
                                    ? ""
                                    : " of " + header(record, QuarantineHeaders.FIELD),
                            header(record, QuarantineHeaders.DETAIL)));
        }
        return written;
    }

    private List<TestRecord<byte[], byte[]>> read(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList();
    }

    private static String header(TestRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** Stops, and starts again with what the changelog topics held. */
    void restart() {
        String prefix = properties.getProperty(StreamsConfig.APPLICATION_ID_CONFIG) + "-";
        driver.getAllStateStores().forEach((store, kept) -> {
            if (kept instanceof PreCommit) {
                return;
            }
            Map<Bytes, byte[]> entries = changelogs.computeIfAbsent(store, _ -> new LinkedHashMap<>());
            for (TestRecord<byte[], byte[]> record : read(prefix + store + "-changelog")) {
                Bytes key = Bytes.wrap(record.key());
                if (record.value() == null) {
                    entries.remove(key);
                } else {
                    entries.put(key, record.value());
                }
            }
        });
        driver.close();
        driver = start();
        changelogs.forEach((name, entries) -> {
            KeyValueStore<Bytes, byte[]> store = driver.getKeyValueStore(name);
            entries.forEach(store::put);
        });
    }

    /** The rows that stand in the output now, each as often as it is there. */
    Collection<@Nullable Object[]> rows() {
        return table.values().stream().flatMap(List::stream).toList();
    }

    /** What went to quarantine since the test began: reason, field and detail. */
    List<String> quarantined() {
        return quarantined;
    }

    @Override
    public void close() {
        driver.close();
    }
}
