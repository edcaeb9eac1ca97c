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
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.SchemaHeaders;
import io.weir.kit.contract.Schemas;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final ProductName CUSTOMER = ProductName.ofTopic("silver.jaffle.customer.v1");
    private static final StageId STAGE = StageId.of("conform", CUSTOMER);
    private static final long NOW_MS = 1_700_000_001_000L;

    private @Nullable TopologyTestDriver driver;
    private @Nullable TestInputTopic<byte[], byte[]> input;
    private StageMeters meters;

    @AfterEach
    void closeDriver() {
        if (driver != null) {
            driver.close();
        }
    }

    @Test
    void shouldWriteAGoodRowWithItsKeySchemasAndHeaders() {
        DataProduct product = customer(OnViolation.QUARANTINE);
        Schemas schemas = start(product, new Output.Upsert(new Object[] {7L, "DE"}));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("ingest.jaffle.customers.v1")));

        TestRecord<byte[], byte[]> written = output(product.name().topic()).readRecord();
        assertThat(RowCodec.ofKey(product)
                        .decode(
                                written.key(),
                                schemas.byId(
                                        SchemaHeaders.keyId(written.headers()).getAsLong())))
                .containsExactly(7L);
        assertThat(RowCodec.ofValue(product)
                        .decode(
                                written.value(),
                                schemas.byId(
                                        SchemaHeaders.valueId(written.headers()).getAsLong())))
                .containsExactly(7L, "DE");
        assertThat(header(written, ChangeHeaders.PATH)).isEqualTo("ingest.jaffle.customers.v1," + STAGE);
        assertThat(header(written, ChangeHeaders.ORIGIN)).isEqualTo("postgresql:shop");
        assertThat(header(written, ChangeHeaders.POSITION)).isEqualTo("0a-0b");
        assertThat(header(written, ChangeHeaders.TRACEPARENT)).isEqualTo(TRACEPARENT);
        assertThat(meters.rowsOut()).isEqualTo(1);
        assertThat(meters.freshnessMs(0.5)).isBetween(900L, 1_100L);
    }

    @Test
    void shouldWriteATombstoneForADeletion() {
        DataProduct product = customer(OnViolation.QUARANTINE);
        start(product, new Output.Delete(new Object[] {7L}));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("")));

        TestRecord<byte[], byte[]> written = output(product.name().topic()).readRecord();
        assertThat(written.key()).isEqualTo(RowCodec.ofKey(product).encode(new Object[] {7L}));
        assertThat(written.value()).isNull();
    }

    @Test
    void shouldPutARowThatBreaksARuleIntoQuarantineWithReasonPlaceAndBytes() {
        DataProduct product = customer(OnViolation.QUARANTINE);
        start(product, new Output.Upsert(new Object[] {7L, null}));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("")));

        assertThat(output(product.name().topic()).isEmpty()).isTrue();
        TestRecord<byte[], byte[]> held =
                output(product.name().quarantineTopic()).readRecord();
        assertThat(header(held, QuarantineHeaders.REASON)).isEqualTo("CONTRACT_VIOLATED");
        assertThat(header(held, QuarantineHeaders.RULE)).isEqualTo("required");
        assertThat(header(held, QuarantineHeaders.FIELD)).isEqualTo("country");
        assertThat(header(held, QuarantineHeaders.STAGE)).isEqualTo(STAGE.toString());
        assertThat(header(held, QuarantineHeaders.INPUT)).isEqualTo("in-0@0");
        assertThat(header(held, QuarantineHeaders.FORM)).isEqualTo(QuarantineHeaders.FORM_ROW);
        RowCodec lenient = RowCodec.of(product.rowType().allNullable());
        assertThat(lenient.decode(held.value(), lenient.schema())).containsExactly(7L, null);
        assertThat(meters.rowsQuarantined()).isEqualTo(1);
    }

    @Test
    void shouldKeepTheBytesOfARowThatCouldNotBeRead() {
        DataProduct product = customer(OnViolation.QUARANTINE);
        start(
                product,
                new Output.Rejected(
                        ReasonCode.DECODE_FAILED, null, null, "not Avro", new byte[] {9}, new byte[] {8, 7}, null));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("")));

        TestRecord<byte[], byte[]> held =
                output(product.name().quarantineTopic()).readRecord();
        assertThat(held.key()).containsExactly(9);
        assertThat(held.value()).containsExactly(8, 7);
        assertThat(header(held, QuarantineHeaders.REASON)).isEqualTo("DECODE_FAILED");
        assertThat(header(held, QuarantineHeaders.FORM)).isEqualTo(QuarantineHeaders.FORM_READ);
    }

    @Test
    void shouldWriteAndCountWhenTheContractOnlyWarns() {
        DataProduct product = customer(OnViolation.WARN, true);
        start(product, new Output.Upsert(new Object[] {7L, "Germany"}));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("")));

        assertThat(output(product.name().topic()).readRecordsToList()).hasSize(1);
        assertThat(output(product.name().quarantineTopic()).isEmpty()).isTrue();
    }

    @Test
    void shouldStopBeforeTheRowWhenTheContractHalts() {
        DataProduct product = customer(OnViolation.HALT);
        start(product, new Output.Upsert(new Object[] {7L, null}));

        assertThatThrownBy(() -> input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change(""))))
                .hasRootCauseInstanceOf(StageHaltException.class)
                .rootCause()
                .hasMessageContaining("halted by the contract of silver.jaffle.customer.v1: required of \"country\"");
    }

    @Test
    void shouldStopAChangeThatHasComeRoundInACircle() {
        DataProduct product = customer(OnViolation.QUARANTINE);
        start(product, new Output.Upsert(new Object[] {7L, "DE"}));

        input.pipeInput(new TestRecord<>(new byte[] {1}, new byte[] {1}, change("a.b.c.v1," + STAGE + ",d.e.f.v1")));

        assertThat(output(product.name().topic()).isEmpty()).isTrue();
        assertThat(header(output(product.name().quarantineTopic()).readRecord(), QuarantineHeaders.REASON))
                .isEqualTo("LOOP");
    }

    private static final String TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private Schemas start(DataProduct product, Output result) {
        Schemas schemas = InMemorySchemas.of(product);
        Clock clock = Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC);
        meters = new StageMeters(STAGE, new SimpleMeterRegistry(), clock);
        StreamsBuilder builder = new StreamsBuilder();
        var outputs = builder.stream("in", Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
                .mapValues(_ -> result, Named.as("result"));
        ProductOutput.to(
                outputs, product, new StageContext(STAGE, schemas, meters, new StageTracing(STAGE, null), clock));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "gate-test");
        driver = new TopologyTestDriver(builder.build(), properties);
        input = driver.createInputTopic("in", new ByteArraySerializer(), new ByteArraySerializer());
        return schemas;
    }

    private TestOutputTopic<byte[], byte[]> output(String topic) {
        return driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private static RecordHeaders change(String path) {
        RecordHeaders headers = new RecordHeaders();
        new ChangeHeaders(TRACEPARENT, "postgresql:shop", path, NOW_MS - 1_000, "0a-0b").write(headers);
        return headers;
    }

    private static @Nullable String header(TestRecord<byte[], byte[]> written, String name) {
        var header = written.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), UTF_8);
    }

    private static DataProduct customer(OnViolation onViolation) {
        return customer(onViolation, false);
    }

    private static DataProduct customer(OnViolation onViolation, boolean countryNullable) {
        return new DataProduct(
                CUSTOMER,
                "1.0.0",
                new RowType(List.of(
                        new Column("customer_id", new DataType.BigInt(), false),
                        new Column("country", new DataType.Varchar(), countryNullable))),
                List.of(0),
                DataProduct.Kind.TABLE,
                onViolation,
                List.of(new TwoLetters()),
                1,
                Path.of("contracts/customer.odcs.yaml"),
                Map.of());
    }

    private record TwoLetters() implements io.weir.kit.contract.RowRule {
        @Override
        public String name() {
            return "maxLength";
        }

        @Override
        public String field() {
            return "country";
        }

        @Override
        public String demand() {
            return "at most 2 characters";
        }

        @Override
        public boolean holds(@Nullable Object[] row) {
            return row[1] == null || row[1].toString().length() <= 2;
        }
    }
}
