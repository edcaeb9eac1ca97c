package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataProduct.OnViolation;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.Relationship;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowType;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceCheckTest {

    private static final ProductName ORDER = ProductName.ofTopic("silver.jaffle.order.v1");
    private static final ProductName CUSTOMER = ProductName.ofTopic("silver.jaffle.customer.v1");
    private static final StageId STAGE = StageId.of("conform", ORDER);
    private static final long NOW_MS = 1_700_000_000_000L;
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final RowType CUSTOMER_KEY =
            new RowType(List.of(new Column("customer_id", new DataType.BigInt(), false)));

    private final Customers customers = new Customers();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> input;
    private RowCodec codec;
    private RowCodec keys;

    @TempDir
    Path state;

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void shouldPassARowWhoseReferenceStandsAndOneThatNamesNothing() {
        start(DataProduct.Kind.TABLE, OnViolation.QUARANTINE);
        customers.add(7);

        send(1, 7L);
        send(2, null);

        assertThat(written()).containsExactly("1 -> 7", "2 -> null");
    }

    @Test
    void shouldHoldARowUntilItsReferenceComesWithAllThatIsKnownOfItsChange() {
        start(DataProduct.Kind.TABLE, OnViolation.QUARANTINE);
        send(1, 7L);
        assertThat(written()).isEmpty();

        customers.add(7);
        pass(Duration.ofSeconds(1));

        var record = driver.createOutputTopic(ORDER.topic(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecord();
        ChangeHeaders change = ChangeHeaders.read(record.headers());
        assertThat(change.origin()).isEqualTo("postgresql:shop");
        assertThat(change.path()).isEqualTo(STAGE.toString());
        assertThat(change.sourceTimestampMs()).isEqualTo(NOW_MS - 500);
        assertThat(record.timestamp()).isEqualTo(NOW_MS - 400);
    }

    @Test
    void shouldQuarantineARowWhoseReferenceDoesNotCome() {
        start(DataProduct.Kind.TABLE, OnViolation.QUARANTINE);
        send(1, 7L);

        pass(WAIT.plusSeconds(1));

        assertThat(written()).isEmpty();
        var refused = driver.createOutputTopic(
                        ORDER.quarantineTopic(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecord();
        assertThat(header(refused, QuarantineHeaders.REASON)).isEqualTo("CONTRACT_VIOLATED");
        assertThat(header(refused, QuarantineHeaders.RULE)).isEqualTo("relationship");
        assertThat(header(refused, QuarantineHeaders.FIELD)).isEqualTo("customer_id");
        assertThat(header(refused, QuarantineHeaders.DETAIL)).isEqualTo("names a row of silver.jaffle.customer.v1");
        assertThat(header(refused, QuarantineHeaders.INPUT)).isEqualTo("in-0@0");
        assertThat(RowCodec.of(order(DataProduct.Kind.TABLE, OnViolation.QUARANTINE)
                                .rowType()
                                .allNullable())
                        .decode(refused.value()))
                .containsExactly(1L, 7L);
    }

    @Test
    void shouldCondemnNobodyWhileTheOtherProductIsNotKnown() {
        start(DataProduct.Kind.TABLE, OnViolation.QUARANTINE);
        customers.isBehind = true;
        send(1, 7L);

        pass(WAIT.multipliedBy(5));
        assertThat(driver.producedTopicNames()).doesNotContain(ORDER.topic(), ORDER.quarantineTopic());
        customers.add(7);
        pass(Duration.ofSeconds(1));

        assertThat(written()).containsExactly("1 -> 7");
    }

    @Test
    void shouldLetANewerRowOrADeletionTakeThePlaceOfOneThatWaits() {
        start(DataProduct.Kind.TABLE, OnViolation.QUARANTINE);
        customers.add(8);
        send(1, 7L);
        send(2, 7L);

        send(1, 8L);
        delete(2);
        customers.add(7);
        pass(WAIT.plusSeconds(1));

        assertThat(written()).containsExactly("1 -> 8", "2 deleted");
        assertThat(driver.producedTopicNames()).doesNotContain(ORDER.quarantineTopic());
    }

    @Test
    void shouldKeepEveryEventThatWaits() {
        start(DataProduct.Kind.EVENTS, OnViolation.QUARANTINE);
        send(1, 7L);
        send(1, 7L);

        customers.add(7);
        pass(Duration.ofSeconds(1));

        assertThat(written()).containsExactly("1 -> 7", "1 -> 7");
    }

    @Test
    void shouldOnlyCountWhereTheContractSaysWarn() {
        start(DataProduct.Kind.TABLE, OnViolation.WARN);

        send(1, 7L);

        assertThat(written()).containsExactly("1 -> 7");
        assertThat(meters.counter(
                                "weir.stage.rows",
                                "stage",
                                STAGE.toString(),
                                "outcome",
                                "warned",
                                "reason",
                                "relationship")
                        .count())
                .isEqualTo(1);
    }

    @Test
    void shouldStopWhereTheContractSaysHalt() {
        start(DataProduct.Kind.TABLE, OnViolation.HALT);
        send(1, 7L);

        assertThatThrownBy(() -> pass(WAIT.plusSeconds(1)))
                .hasStackTraceContaining(
                        "halted by the contract of silver.jaffle.order.v1: relationship of \"customer_id\" is broken");
    }

    private void start(DataProduct.Kind kind, OnViolation onViolation) {
        DataProduct product = order(kind, onViolation);
        codec = RowCodec.ofValue(product);
        keys = RowCodec.ofKey(product);
        StreamsBuilder builder = new StreamsBuilder();
        var outputs = builder.stream("in", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .map(
                        (key, value) -> new KeyValue<>(
                                key,
                                value.length == 0
                                        ? (Output) new Output.Delete(keys.decode(key, keys.schema()))
                                        : new Output.Upsert(codec.decode(value, codec.schema()))),
                        Named.as("rows"));
        ProductOutput.to(
                outputs,
                product,
                new StageContext(
                        STAGE,
                        InMemorySchemas.of(product),
                        new StageMeters(STAGE, meters, Clock.systemUTC()),
                        new StageTracing(STAGE, null),
                        Clock.systemUTC(),
                        Duration.ZERO,
                        customers,
                        null));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "references");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        driver = new TopologyTestDriver(builder.build(), properties, Instant.ofEpochMilli(NOW_MS));
        input = driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(long order, @Nullable Long customer) {
        pipe(order, codec.encode(new @Nullable Object[] {order, customer}));
    }

    private void delete(long order) {
        pipe(order, new byte[0]);
    }

    private void pipe(long order, byte[] value) {
        TestRecord<byte[], byte[]> record =
                new TestRecord<>(keys.encode(new Object[] {order}), value, Instant.ofEpochMilli(NOW_MS - 400));
        new ChangeHeaders(null, "postgresql:shop", "", NOW_MS - 500, "0a-0b").write(record.headers());
        input.pipeInput(record);
    }

    private void pass(Duration time) {
        customers.knownUntilMs += time.toMillis();
        driver.advanceWallClockTime(time);
    }

    private List<String> written() {
        if (!driver.producedTopicNames().contains(ORDER.topic())) {
            return List.of();
        }
        return driver
                .createOutputTopic(ORDER.topic(), new ByteArrayDeserializer(), new ByteArrayDeserializer())
                .readRecordsToList()
                .stream()
                .map(record -> {
                    if (record.value() == null) {
                        return keys.decode(record.key(), keys.schema())[0] + " deleted";
                    }
                    @Nullable Object[] row = codec.decode(record.value(), codec.schema());
                    return row[0] + " -> " + row[1];
                })
                .toList();
    }

    private static @Nullable String header(TestRecord<byte[], byte[]> written, String name) {
        var header = written.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static DataProduct order(DataProduct.Kind kind, OnViolation onViolation) {
        ProductSettings none = ProductSettings.DEFAULT;
        return new DataProduct(
                ORDER,
                "1.0.0",
                new RowType(List.of(
                        new Column("order_id", new DataType.BigInt(), false),
                        new Column("customer_id", new DataType.BigInt(), true))),
                List.of(0),
                kind,
                OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contracts/order.odcs.yaml"),
                Map.of(),
                new ProductSettings(
                        none.eventTime(),
                        none.lateness(),
                        none.emit(),
                        none.retention(),
                        none.compatibility(),
                        none.onViolation(),
                        none.sqlRules(),
                        none.promises(),
                        List.of(new Relationship(
                                List.of("customer_id"), CUSTOMER, CUSTOMER_KEY, WAIT, Optional.of(onViolation)))));
    }

    private static final class Customers implements ReferenceKeys {

        private final Set<ByteBuffer> keys = new HashSet<>();
        private long knownUntilMs = NOW_MS;
        private boolean isBehind;

        void add(long customer) {
            keys.add(ByteBuffer.wrap(RowCodec.of(CUSTOMER_KEY).encode(new Object[] {customer})));
        }

        @Override
        public boolean holds(String topic, byte[] key) {
            return topic.equals(CUSTOMER.topic()) && keys.contains(ByteBuffer.wrap(key));
        }

        @Override
        public long knownUntilMs(String topic) {
            return isBehind ? NOW_MS : knownUntilMs;
        }
    }
}
