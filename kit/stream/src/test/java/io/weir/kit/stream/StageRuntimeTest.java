package io.weir.kit.stream;

import static io.weir.kit.testkit.Patience.LIMIT;
import static io.weir.kit.testkit.Patience.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.ProductSettings;
import io.weir.kit.contract.Relationship;
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
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Named;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@WithMesh
@Execution(ExecutionMode.CONCURRENT)
class StageRuntimeTest {

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
            await().untilAsserted(() -> assertThat(only(runtime).detail())
                    .isEqualTo("waiting for topic " + input.name().topic()));

            RowTopic rows = kafka.rows(input, schemas).create();
            rows.put(1L, "a");

            kafka.rows(output, schemas).awaitTable(Map.of(List.of(1L), List.of(1L, "a"))::equals, LIMIT);
            await().until(() -> only(runtime).state() == State.RUNNING);
            assertThat(only(runtime).rowsIn()).isEqualTo(1);
            assertThat(only(runtime).rowsOut()).isEqualTo(1);
            await().until(() -> kafka.records(MeshTopics.STAGES).stream()
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
    void shouldWriteOnlyRowsWhoseReferencesStandAlsoAfterARestart(TestKafka kafka) {
        DataProduct named = new DataProduct(
                new ProductName(Layer.SILVER, domain, "named", 1),
                "1.0.0",
                new RowType(List.of(new Column("name", new DataType.Varchar(), false))),
                List.of(0),
                DataProduct.Kind.TABLE,
                DataProduct.OnViolation.QUARANTINE,
                List.of(),
                1,
                Path.of("contracts/named.odcs.yaml"),
                Map.of());
        DataProduct refers = referring(output, named);
        Schemas all = InMemorySchemas.of(input, refers, named);
        RowTopic rows = kafka.rows(input, all).create();
        RowTopic names = kafka.rows(named, all);
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", refers, new AtomicBoolean())));
            await().atMost(LIMIT).untilAsserted(() -> assertThat(only(runtime).detail())
                    .isEqualTo("waiting for topic " + named.name().topic()));
            names.create().put("a");
            names.put("gone");
            names.delete("gone");
            rows.put(1L, "a");
            rows.put(2L, "nobody");
            rows.put(3L, "gone");

            kafka.awaitRecords(refers.name().quarantineTopic(), 2, LIMIT);
            kafka.rows(refers, all).awaitTable(Map.of(List.of(1L), List.of(1L, "a"))::equals, LIMIT);
        }
        names.put("late");
        rows.put(4L, "late");
        rows.put(5L, "a");
        rows.put(6L, "gone");

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", refers, new AtomicBoolean())));
            kafka.awaitRecords(refers.name().quarantineTopic(), 3, LIMIT);
            kafka.rows(refers, all).awaitTable(table -> table.size() == 3, LIMIT);
        }
    }

    /** With texts that name rows of another product. */
    private static DataProduct referring(DataProduct product, DataProduct to) {
        ProductSettings none = ProductSettings.DEFAULT;
        return new DataProduct(
                product.name(),
                product.version(),
                product.rowType(),
                product.key(),
                product.kind(),
                product.onViolation(),
                product.rules(),
                product.partitions(),
                product.file(),
                product.document(),
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
                                List.of("text"), to.name(), to.keyType(), Duration.ofMillis(500), Optional.empty()))));
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
            await().until(() -> runtime.statuses().getFirst().restarts() > 0
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
            await().until(() -> only(runtime).state() == State.RUNNING);

            control(kafka, new Control(domain, System.currentTimeMillis() + LIMIT.toMillis()));
            await().until(() -> only(runtime).state() == State.PAUSED);
            rows.put(1L, "a");
            control(kafka, new Control(domain, System.currentTimeMillis() + 1_000));

            kafka.rows(output, schemas).awaitTable(table -> table.size() == 1, LIMIT);
            assertThat(only(runtime).state()).isEqualTo(State.RUNNING);
        }
    }

    @Test
    void shouldSayWithoutWaitingForItsSecondThatAContractHaltsIt(TestKafka kafka) {
        kafka.rows(input, schemas).create();
        Clock standing = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
        try (StageRuntime runtime =
                new StageRuntime(settings(kafka), schemas, new SimpleMeterRegistry(), null, standing)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            await().until(() -> said(kafka, "copy").contains(State.RUNNING));

            judge(kafka, Verdict.State.BROKEN);
            await().until(() -> said(kafka, "copy").getLast() == State.PAUSED);
            judge(kafka, Verdict.State.KEPT);

            await().until(() -> said(kafka, "copy").getLast() == State.RUNNING);
        }
    }

    private void judge(TestKafka kafka, Verdict.State state) {
        boolean halts = state == Verdict.State.BROKEN;
        Verdict verdict = new Verdict(
                input.name().topic(),
                "freshness",
                "freshness",
                null,
                state,
                "error",
                "halt",
                "freshness: at most 5 s",
                null,
                "s",
                "nothing came",
                null,
                0,
                0,
                null,
                false,
                halts,
                Long.MAX_VALUE);
        kafka.send(MeshTopics.VERDICTS, verdict.key().getBytes(UTF_8), MeshJson.write(verdict));
    }

    /** The states that a stage has said of itself, in their order. */
    private List<State> said(TestKafka kafka, String stage) {
        return kafka.records(MeshTopics.STAGES).stream()
                .filter(said -> new String(said.key(), UTF_8).equals(id(stage).toString()))
                .flatMap(said -> MeshJson.read(said.value(), StageStatus.class).stream())
                .map(StageStatus::state)
                .toList();
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
            await().untilAsserted(
                            () -> assertThat(only(runtime).detail())
                                    .startsWith(
                                            "the model's plan has changed and cannot use the state that is there (plan plan-2, state of plan plan-1)"));
        }
    }

    @Test
    void shouldRebuildBesideTheRunningPlanAndSwitchWithoutAGapOrADuplicate(TestKafka kafka) throws Exception {
        RowTopic rows = kafka.rows(input, schemas).create();
        for (long id = 0; id < 40; id++) {
            rows.put(id, id % 4 == 0 ? "same" : "row " + id);
        }
        // Of the same rows, the new plan leaves every third as it is, drops some, and changes the rest.
        Copy old = new Copy("copy", output, new AtomicBoolean(), "plan-1");
        UnaryOperator<@Nullable String> change = text ->
                text == null || text.equals("same") ? text : text.endsWith("7") ? null : text.toUpperCase(Locale.ROOT);
        Copy next = new Copy("copy", output, new AtomicBoolean(), "plan-2", change);
        AtomicBoolean stop = new AtomicBoolean();
        Map<List<?>, List<?>> expected = new ConcurrentHashMap<>();
        Thread traffic = Thread.ofPlatform().start(() -> {
            for (long id = 30; !stop.get(); id = 30 + (id + 1) % 100) {
                rows.put(id, "late " + id + " " + System.nanoTime() % 10);
            }
        });
        try {
            try (StageRuntime runtime = runtime(kafka)) {
                runtime.start(List.of(old), () -> List.of(next));
                kafka.rows(output, schemas).awaitTable(table -> table.size() >= 40, LIMIT);
                control(kafka, Control.rebuild("other", id("copy"), "plan-2"));
                control(kafka, Control.rebuild(domain, id("copy"), "plan-3"));
                control(kafka, Control.rebuild(domain, id("copy"), "plan-2"));
                await().until(() -> ledger(kafka).rebuild() != null);
            }
            // Killed in the middle; the service comes back with the new files.
            try (StageRuntime runtime = runtime(kafka)) {
                runtime.start(List.of(next), () -> List.of(next));
                await().until(() -> ledger(kafka).equals(new PlanLedger.Entry("plan-2", 1, null)));
                await().until(() -> only(runtime).state() == State.RUNNING);
                stop.set(true);
                traffic.join();
                rows.table().forEach((key, row) -> {
                    String text = change.apply((String) row.get(1));
                    if (text != null) {
                        expected.put(key, List.of(key.getFirst(), text));
                    }
                });
                kafka.rows(output, schemas).awaitTable(expected::equals, LIMIT);
            }
        } finally {
            stop.set(true);
            traffic.join();
        }

        // A row that both plans give was written once; nothing was written twice in a row; the old generation left
        // nothing.
        Map<List<?>, @Nullable Object> last = new HashMap<>();
        for (RowTopic.Row row : kafka.rows(output, schemas).changes()) {
            if (row.row() != null && row.row().get(1).equals("same")) {
                assertThat(last).doesNotContainKey(row.key());
            }
            last.put(row.key(), row.row());
        }
        assertThat(kafka.topics())
                .noneMatch(topic -> topic.startsWith(id("copy").toString()) && topic.endsWith("-staged"));
    }

    @Test
    void shouldGoOnWithASwitchThatWasCutOffWhileItWrote(TestKafka kafka) {
        RowTopic rows = kafka.rows(input, schemas).create();
        rows.put(1L, "a");
        rows.put(2L, "b");
        Copy next = new Copy(
                "copy",
                output,
                new AtomicBoolean(),
                "plan-2",
                text -> text == null ? null : text.toUpperCase(Locale.ROOT));
        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean(), "plan-1")));
            kafka.rows(output, schemas).awaitTable(table -> table.size() == 2, LIMIT);
        }
        // What a process leaves that was killed behind half of the difference: of two rows, one is written.
        StageId id = id("copy");
        kafka.createTopic("%s-g1-staged".formatted(id), 1, Map.of("cleanup.policy", "compact"));
        RowTopic out = kafka.rows(output, schemas);
        out.put(1L, "A");
        out.put(2L, "B");
        for (var record : kafka.records(output.name().topic())) {
            kafka.send(new ProducerRecord<>(
                    "%s-g1-staged".formatted(id), 0, null, record.key(), record.value(), record.headers()));
        }
        out.put(2L, "b");
        kafka.send(
                MeshTopics.PLANS,
                id.toString().getBytes(UTF_8),
                MeshJson.write(new PlanLedger.Entry(
                        "plan-1", 0, new PlanLedger.Rebuild("plan-2", 1, PlanLedger.Phase.WRITING))));
        int before = out.changes().size();

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(next));
            await().until(() -> ledger(kafka).equals(new PlanLedger.Entry("plan-2", 1, null)));
        }

        assertThat(out.table()).isEqualTo(Map.of(List.of(1L), List.of(1L, "A"), List.of(2L), List.of(2L, "B")));
        assertThat(out.changes()).hasSize(before + 1);
    }

    private PlanLedger.Entry ledger(TestKafka kafka) {
        return new PlanLedger(kafka.bootstrapServers(), Map.of())
                .read(id("copy").toString())
                .orElseThrow();
    }

    @Test
    void shouldRefuseATopicThatIsCutOtherwiseThanItsContractSays(TestKafka kafka) {
        kafka.rows(input, schemas).create();
        kafka.createTopic(output.name().topic(), 3);

        try (StageRuntime runtime = runtime(kafka)) {
            runtime.start(List.of(new Copy("copy", output, new AtomicBoolean())));
            await().untilAsserted(() -> assertThat(only(runtime).detail())
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
        kafka.send(new ProducerRecord<>(MeshTopics.CONTROL, MeshJson.write(control)));
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

        /** What becomes of a text; null: the row is not there. */
        private final UnaryOperator<@Nullable String> text;

        Copy(String name, DataProduct output, AtomicBoolean broken) {
            this(name, output, broken, "plan");
        }

        Copy(String name, DataProduct output, AtomicBoolean broken, String plan) {
            this(name, output, broken, plan, UnaryOperator.identity());
        }

        Copy(String name, DataProduct output, AtomicBoolean broken, String plan, UnaryOperator<@Nullable String> text) {
            this.text = text;
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
                                @Nullable Object[] row = codec.decode(value, codec.schema());
                                row[1] = text.apply((String) row[1]);
                                return row[1] == null
                                        ? (Output) new Output.Delete(new Object[] {row[0]})
                                        : new Output.Upsert(row);
                            },
                            Named.as("copy"));
            ProductOutput.to(outputs, output, context);
            return builder.build();
        }
    }
}
