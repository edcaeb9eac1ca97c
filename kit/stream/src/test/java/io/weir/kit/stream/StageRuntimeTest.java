package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.RowCodec;
import io.weir.kit.contract.RowType;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.StageStatus.State;
import io.weir.kit.testkit.RowTopic;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithMesh
class StageRuntimeTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final String domain = Testkit.unique("d");
    private final DataProduct input = product(Layer.BRONZE, "in");
    private final DataProduct output = product(Layer.SILVER, "out");
    private final Schemas schemas = InMemorySchemas.of(input, output);

    @TempDir
    Path state;

    @Test
    void shouldWaitVisiblyForItsInputAndThenRun(TestKafka kafka) {
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(only(runtime).detail())
                    .isEqualTo("waiting for topic " + input.name().topic()));

            RowTopic rows = kafka.rows(input, schemas).create();
            rows.put(1L, "a");

            kafka.rows(output, schemas).awaitTable(Map.of(List.of(1L), List.of(1L, "a"))::equals, LIMIT);
            await().atMost(LIMIT).until(() -> only(runtime).state() == State.RUNNING);
            assertThat(only(runtime).rowsIn()).isEqualTo(1);
            assertThat(only(runtime).rowsOut()).isEqualTo(1);
            await().atMost(LIMIT).until(() -> kafka.records(MeshTopics.STAGES).stream()
                    .filter(said ->
                            new String(said.key(), UTF_8).equals(id("copy").toString()))
                    .flatMap(said -> MeshJson.read(said.value(), StageStatus.class).stream())
                    .anyMatch(said -> said.state() == State.RUNNING && said.rowsOut() == 1));
        }
    }

    @Test
    void shouldGoOnWhereItStoppedWithoutWritingTwice(TestKafka kafka) {
        RowTopic rows = kafka.rows(input, schemas).create();
        rows.put(1L, "a");
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            kafka.rows(output, schemas).awaitTable(table -> table.size() == 1, LIMIT);
        }
        rows.put(2L, "b");

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            kafka.rows(output, schemas).awaitTable(table -> table.size() == 2, LIMIT);
        }

        assertThat(kafka.rows(output, schemas).changes()).hasSize(2);
    }

    @Test
    void shouldStartAFailedStageAgainAndLeaveItsNeighbourAlone(TestKafka kafka) {
        DataProduct other = product(Layer.GOLD, "other");
        Schemas all = InMemorySchemas.of(input, output, other);
        kafka.rows(input, all).create().put(1L, "a");
        AtomicBoolean broken = new AtomicBoolean(true);
        try (StageRuntime runtime =
                new StageRuntime(settings(kafka), all, new SimpleMeterRegistry(), null, Clock.systemUTC())) {
            runtime.start(List.of(new Copy("broken", output, broken), new Copy("well", other, new AtomicBoolean())));
            kafka.rows(other, all).awaitTable(table -> table.size() == 1, LIMIT);
            await().atMost(LIMIT)
                    .until(() -> runtime.statuses().getFirst().restarts() > 0
                            && runtime.statuses().getFirst().state() == State.FAILED);
            assertThat(runtime.statuses().getFirst().detail()).isEqualTo("broken on purpose");

            broken.set(false);

            kafka.rows(output, all).awaitTable(table -> table.size() == 1, LIMIT);
            assertThat(runtime.statuses().get(1).restarts()).isZero();
        }
    }

    @Test
    void shouldPauseForALeaseAndGoOnByItself(TestKafka kafka) {
        RowTopic rows = kafka.rows(input, schemas).create();
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            await().atMost(LIMIT).until(() -> only(runtime).state() == State.RUNNING);

            control(kafka, new Control(domain, System.currentTimeMillis() + 4_000));
            await().atMost(LIMIT).until(() -> only(runtime).state() == State.PAUSED);
            rows.put(1L, "a");

            kafka.rows(output, schemas).awaitTable(table -> table.size() == 1, LIMIT);
            assertThat(only(runtime).state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void shouldRefuseToStartAnotherPlanOnTheStateOfTheFirst(TestKafka kafka) {
        kafka.rows(input, schemas).create().put(1L, "a");
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean(), "plan-1")));
            kafka.rows(output, schemas).awaitTable(table -> table.size() == 1, LIMIT);
        }

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean(), "plan-2")));
            await().atMost(LIMIT)
                    .untilAsserted(
                            () -> assertThat(only(runtime).detail())
                                    .startsWith(
                                            "the model's plan has changed and cannot use the state that is there (plan plan-2, state of plan plan-1)"));
        }
    }

    @Test
    void shouldRefuseATopicThatIsCutOtherwiseThanItsContractSays(TestKafka kafka) {
        kafka.rows(input, schemas).create();
        kafka.createTopic(output.name().topic(), 3);

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(only(runtime).detail())
                    .isEqualTo(
                            "topic %s has 3 partitions, its contract says 1: put the contract right, or give the product a new major version",
                            output.name().topic()));
        }
    }

    private StageRuntime runtime(TestKafka kafka) {
        return new StageRuntime(settings(kafka), schemas, new SimpleMeterRegistry(), null, Clock.systemUTC());
    }

    private StageSettings settings(TestKafka kafka) {
        return new StageSettings(domain, "test", kafka.bootstrapServers(), state, Duration.ofMillis(50), 1, Map.of());
    }

    private StageId id(String name) {
        return new StageId("test", domain, name, 1);
    }

    private static StageStatus only(StageRuntime runtime) {
        return runtime.statuses().getFirst();
    }

    private static void control(TestKafka kafka, Control control) {
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(MeshTopics.CONTROL, MeshJson.write(control)));
        }
    }

    private DataProduct product(Layer layer, String name) {
        return new DataProduct(
                new ProductName(layer, domain, name, 1),
                "1.0.0",
                new RowType(List.of(
                        new Column("id", new DataType.BigInt(), false),
                        new Column("text", new DataType.Varchar(), true))),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contracts/%s.odcs.yaml".formatted(name)),
                Map.of());
    }

    /** Copies rows as they are, or fails on each while it is broken. */
    private final class Copy implements Stage {

        private final StageId id;
        private final DataProduct output;
        private final AtomicBoolean broken;
        private final String plan;

        Copy(String name, DataProduct output, AtomicBoolean broken) {
            this(name, output, broken, "plan");
        }

        Copy(String name, DataProduct output, AtomicBoolean broken, String plan) {
            this.plan = plan;
            this.id = StageRuntimeTest.this.id(name);
            this.output = output;
            this.broken = broken;
        }

        @Override
        public StageId id() {
            return id;
        }

        @Override
        public String kind() {
            return "model";
        }

        @Override
        public List<String> inputTopics() {
            return List.of(input.name().topic());
        }

        @Override
        public DataProduct output() {
            return output;
        }

        @Override
        public Optional<String> fingerprint() {
            return Optional.of(plan);
        }

        @Override
        public Topology topology(StageContext context) {
            StreamsBuilder builder = new StreamsBuilder();
            RowCodec codec = RowCodec.ofValue(input);
            var outputs = builder.stream(
                            input.name().topic(),
                            Consumed.with(Serdes.ByteArray(), Serdes.ByteArray())
                                    .withName("input"))
                    .mapValues(
                            value -> {
                                if (broken.get()) {
                                    throw new IllegalStateException("broken on purpose");
                                }
                                context.meters().in();
                                return (Output) new Output.Upsert(codec.decode(value, codec.schema()));
                            },
                            Named.as("copy"));
            ProductOutput.to(outputs, output, context);
            return builder.build();
        }
    }
}
