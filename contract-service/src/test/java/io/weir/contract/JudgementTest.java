package io.weir.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.contract.Incident.Event;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageTracing;
import io.weir.kit.stream.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The judge and real gates on a simulated clock, with what a busy machine does to them: observations that come up to 20 s late, rows that wait for seconds, a judge that
 * stands still for most of a minute.
 */
class JudgementTest {

    private static final Instant START = Instant.ofEpochSecond(1_800_000_000);
    private static final Duration STEP = Duration.ofMillis(500);
    private static final int MINUTE = 120;

    @TempDir
    Path folder;

    @TempDir
    Path state;

    @Test
    void shouldTellEveryPromiseThatIsBrokenAndNoneThatIsKeptHoweverBusyTheMachine() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, PromisingDomain.PRODUCTS)) {
            mesh.busy = true;

            mesh.run(10 * MINUTE);

            assertThat(mesh.incidents).isEmpty();
            assertThat(mesh.verdicts)
                    .extracting(Verdict::promise)
                    .contains("volume", "psi", "ks", "mean", "freshness", "latency");

            long brokenAtMs = mesh.nowMs();
            mesh.breaks(true);
            mesh.run(3 * MINUTE);
            mesh.breaks(false);
            Map<String, Incident> opened = mesh.opened();

            assertThat(opened)
                    .containsOnlyKeys(
                            mesh.domain.topic("fresh") + " freshness",
                            mesh.domain.topic("volume") + " volume",
                            mesh.domain.topic("nulls") + " nullValues",
                            mesh.domain.topic("twins") + " duplicateValues",
                            mesh.domain.topic("drift") + " psi",
                            mesh.domain.topic("drift") + " ks");
            assertThat(opened.values()).allSatisfy(incident -> assertThat(incident.openedAtMs() - brokenAtMs)
                    .isBetween(0L, 120_000L));
            assertThat(opened.get(mesh.domain.topic("nulls") + " nullValues"))
                    .extracting(Incident::verdict)
                    .satisfies(verdict -> {
                        assertThat(verdict.demand()).isEqualTo("nullValues of \"email\": less than 10 percent");
                        assertThat(verdict.firstBad()).startsWith(mesh.domain.in("nulls") + "-0@");
                        assertThat(verdict.haltsWriter()).isTrue();
                        assertThat(verdict.haltsReaders()).isTrue();
                    });

            mesh.run(5 * MINUTE);

            assertThat(mesh.told(Event.RESOLVED)).containsExactlyInAnyOrderElementsOf(opened.keySet());
            assertThat(mesh.told(Event.OPENED)).hasSize(6);
        }
    }

    @Test
    void shouldTellWithinSecondsOnAQuietMachine() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, PromisingDomain.PRODUCTS)) {
            mesh.run(6 * MINUTE);
            long brokenAtMs = mesh.nowMs();
            mesh.breaks(true);

            mesh.run(2 * MINUTE);

            Map<String, Incident> opened = mesh.opened();
            assertThat(opened).hasSize(6);
            // The interval of observations, and what it takes: 20 s without rows, a tenth of the nulls, half of the
            // rows.
            assertThat(delayMs(opened, mesh, "nulls", brokenAtMs)).isLessThan(25_000);
            assertThat(delayMs(opened, mesh, "twins", brokenAtMs)).isLessThan(11_000);
            assertThat(delayMs(opened, mesh, "fresh", brokenAtMs)).isBetween(20_000L, 31_000L);
            assertThat(delayMs(opened, mesh, "volume", brokenAtMs)).isLessThan(60_000);
            assertThat(delayMs(opened, mesh, "drift", brokenAtMs)).isLessThan(60_000);
        }
    }

    private static long delayMs(Map<String, Incident> opened, Mesh mesh, String product, long brokenAtMs) {
        return opened.entrySet().stream()
                        .filter(one -> one.getKey().startsWith(mesh.domain.topic(product)))
                        .mapToLong(one -> one.getValue().openedAtMs())
                        .min()
                        .orElseThrow()
                - brokenAtMs;
    }

    @Test
    void shouldCountTheSilenceOfAStageThatIsGoneAfterSomePatience() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, PromisingDomain.PRODUCTS)) {
            mesh.run(6 * MINUTE);
            long goneAtMs = mesh.nowMs();
            mesh.gone = true;

            mesh.run(MINUTE / 2);
            assertThat(mesh.incidents).isEmpty();
            mesh.run(MINUTE / 2);

            assertThat(mesh.opened())
                    .containsOnlyKeys(
                            mesh.domain.topic("fresh") + " freshness", mesh.domain.topic("volume") + " volume");
            assertThat(mesh.opened().values()).allSatisfy(incident -> assertThat(incident.openedAtMs() - goneAtMs)
                    .isBetween(20_000L, 45_000L));
        }
    }

    @Test
    void shouldKeepOneIncidentHoweverOftenTheHaltOfALastingBreachIsTried() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, List.of("nulls"))) {
            mesh.obeys = true;
            mesh.run(MINUTE);
            mesh.domain.breaks("nulls", true);

            mesh.run(5 * MINUTE);

            assertThat(mesh.events("nulls", "nullValues"))
                    .startsWith(Event.OPENED)
                    .doesNotContain(Event.RESOLVED);
            List<Verdict> broken = mesh.verdicts("nulls", "nullValues", Verdict.State.BROKEN);
            assertThat(broken).allMatch(Verdict::haltsReaders);
            assertThat(mesh.halts("nulls")).startsWith(true, false, true, false, true);
            assertThat(broken)
                    .filteredOn(verdict -> !verdict.haltsWriter())
                    .extracting(Verdict::detail)
                    .contains("no rows within 60 s; the stage that writes it goes on, on trial");

            mesh.domain.breaks("nulls", false);
            mesh.run(4 * MINUTE);

            assertThat(mesh.events("nulls", "nullValues"))
                    .startsWith(Event.OPENED)
                    .endsWith(Event.RESOLVED)
                    .containsOnlyOnce(Event.OPENED, Event.RESOLVED);
            assertThat(mesh.halts("nulls")).endsWith(true, false);
            assertThat(mesh.verdicts.stream()
                            .filter(verdict -> verdict.promise().equals("nullValues"))
                            .toList()
                            .getLast())
                    .satisfies(verdict -> {
                        assertThat(verdict.state()).isEqualTo(Verdict.State.KEPT);
                        assertThat(verdict.haltsReaders()).isFalse();
                    });
        }
    }

    @Test
    void shouldNotTakeSilenceForARepair() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, List.of("twins"))) {
            mesh.run(MINUTE);
            mesh.domain.breaks("twins", true);
            mesh.run(MINUTE / 2);
            mesh.gone = true;

            mesh.run(4 * MINUTE);

            assertThat(mesh.events("twins", "duplicateValues"))
                    .startsWith(Event.OPENED)
                    .doesNotContain(Event.RESOLVED);

            mesh.gone = false;
            mesh.domain.breaks("twins", false);
            mesh.run(2 * MINUTE);

            assertThat(mesh.events("twins", "duplicateValues"))
                    .endsWith(Event.RESOLVED)
                    .containsOnlyOnce(Event.OPENED);
        }
    }

    @Test
    void shouldEndTheIncidentOfAPromiseThatNobodyMakesAnyMore() throws Exception {
        try (Mesh mesh = new Mesh(folder, state, List.of())) {
            String topic = mesh.domain.topic("fresh");
            KeyValueStore<String, byte[]> standings = mesh.judge.getKeyValueStore(Judgement.STANDINGS);
            standings.put(
                    topic + "#former",
                    MeshJson.write(new Standing(Verdict.State.BROKEN, 1, "i", 1, 0, false, 1, 1, 7d, "seven", null)));

            mesh.run(4);

            assertThat(mesh.incidents).singleElement().satisfies(incident -> {
                assertThat(incident.id()).isEqualTo("i");
                assertThat(incident.event()).isEqualTo(Event.RESOLVED);
                assertThat(incident.verdict().product()).isEqualTo(topic);
                assertThat(incident.verdict().detail()).isEqualTo("no contract promises it any more");
            });
            assertThat(standings.get(topic + "#former")).isNull();
        }
    }

    /** The stages' drivers, the log of observations between, and the judge's driver. */
    private static final class Mesh implements AutoCloseable {

        private record Late(long dueMs, TestRecord<byte[], byte[]> observation) {}

        private final PromisingDomain domain;
        private final Map<String, TopologyTestDriver> stages = new LinkedHashMap<>();
        private final Map<String, Deque<Late>> underWay = new HashMap<>();
        private final TopologyTestDriver judge;
        private final TestInputTopic<byte[], byte[]> log;
        private final TestOutputTopic<byte[], byte[]> verdictsOut;
        private final TestOutputTopic<byte[], byte[]> incidentsOut;
        private final List<Verdict> verdicts = new ArrayList<>();
        private final List<Incident> incidents = new ArrayList<>();
        private final Random random = new Random(3);
        private final Map<String, Integer> stalled = new HashMap<>();
        private final Map<String, List<TestRecord<byte[], byte[]>>> waiting = new HashMap<>();
        private Instant now = START;
        private int judgeStalled;
        private long judgeBehindMs;
        private boolean busy;
        private boolean gone;
        private Duration away = Duration.ZERO;
        private boolean obeys;

        Mesh(Path folder, Path state, List<String> products) throws IOException {
            domain = new PromisingDomain("simulated", folder);
            var schemas = InMemorySchemas.of(domain.contracts().products().values());
            for (String product : products) {
                Stage stage = domain.stage(product);
                StageContext context = new StageContext(
                        stage.id(),
                        schemas,
                        new StageMeters(stage.id(), new SimpleMeterRegistry(), Clock.systemUTC()),
                        new StageTracing(stage.id(), null),
                        Clock.systemUTC(),
                        Duration.ofSeconds(10),
                        null,
                        null);
                stages.put(product, driver(stage.topology(context), product, state));
            }
            Rules rules = new Rules(List.of(domain.contracts()));
            judge = driver(
                    JudgeTopology.of(rules, new WithinMinutes(), "nowhere:9092", _ -> Optional.empty()),
                    "judge",
                    state);
            log = judge.createInputTopic(MeshTopics.OBSERVATIONS, new ByteArraySerializer(), new ByteArraySerializer());
            verdictsOut = judge.createOutputTopic(
                    MeshTopics.VERDICTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            incidentsOut = judge.createOutputTopic(
                    MeshTopics.INCIDENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        private static TopologyTestDriver driver(Topology topology, String name, Path state) {
            Properties properties = new Properties();
            properties.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
            properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:9092");
            properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
            properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
            properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
            return new TopologyTestDriver(topology, properties, START);
        }

        long nowMs() {
            return now.toEpochMilli();
        }

        void breaks(boolean breaks) {
            PromisingDomain.PRODUCTS.forEach(product -> domain.breaks(product, breaks));
        }

        void run(int steps) {
            for (int i = 0; i < steps; i++) {
                now = now.plus(STEP);
                if (gone) {
                    away = away.plus(STEP);
                } else {
                    stages.values().forEach(stage -> stage.advanceWallClockTime(away));
                    away = Duration.ZERO;
                    stages.forEach(this::work);
                }
                judgeBehindMs += STEP.toMillis();
                if (judgeStalled > 0) {
                    judgeStalled--;
                } else {
                    judge();
                    judgeStalled = busy && random.nextInt(200) == 0 ? random.nextInt(90) : 0;
                }
            }
        }

        private void work(String product, TopologyTestDriver stage) {
            var rows = waiting.computeIfAbsent(product, _ -> new ArrayList<>());
            domain.next(product, nowMs())
                    .forEach(row -> rows.add(new TestRecord<>(row.key(), row.value(), row.headers(), now)));
            int steps = stalled.merge(product, -1, Integer::sum);
            if (steps < 0 && !(obeys && isHalted(product))) {
                stage.createInputTopic(domain.in(product), new ByteArraySerializer(), new ByteArraySerializer())
                        .pipeRecordList(rows);
                rows.clear();
                stalled.put(product, busy && random.nextInt(40) == 0 ? random.nextInt(8) : 0);
            }
            stage.advanceWallClockTime(STEP);
            if (stage.producedTopicNames().contains(MeshTopics.OBSERVATIONS)) {
                long dueMs = nowMs() + (busy ? random.nextInt(20_000) : 0);
                var late = underWay.computeIfAbsent(product, _ -> new ArrayDeque<>());
                stage.createOutputTopic(
                                MeshTopics.OBSERVATIONS, new ByteArrayDeserializer(), new ByteArrayDeserializer())
                        .readRecordsToList()
                        .forEach(one -> late.add(new Late(dueMs, one)));
            }
        }

        private void judge() {
            for (Deque<Late> late : underWay.values()) {
                while (!late.isEmpty() && late.getFirst().dueMs() <= nowMs()) {
                    TestRecord<byte[], byte[]> observation = late.removeFirst().observation();
                    log.pipeInput(new TestRecord<>(observation.key(), observation.value(), now));
                }
            }
            judge.advanceWallClockTime(Duration.ofMillis(judgeBehindMs));
            judgeBehindMs = 0;
            verdictsOut.readValuesToList().stream()
                    .filter(Objects::nonNull)
                    .forEach(value ->
                            verdicts.add(MeshJson.read(value, Verdict.class).orElseThrow()));
            incidentsOut
                    .readValuesToList()
                    .forEach(value ->
                            incidents.add(MeshJson.read(value, Incident.class).orElseThrow()));
        }

        private boolean isHalted(String product) {
            Map<String, Verdict> last = new HashMap<>();
            verdicts.stream()
                    .filter(verdict -> verdict.product().equals(domain.topic(product)))
                    .forEach(verdict -> last.put(verdict.key(), verdict));
            return last.values().stream().anyMatch(verdict -> verdict.haltsWriter() && nowMs() < verdict.haltUntilMs());
        }

        /** Whether the writer was halted, each time that it changed. */
        List<Boolean> halts(String product) {
            List<Boolean> changes = new ArrayList<>();
            for (Verdict verdict : verdicts) {
                if (verdict.product().equals(domain.topic(product))
                        && verdict.promise().equals("nullValues")
                        && (changes.isEmpty() ? verdict.haltsWriter() : changes.getLast() != verdict.haltsWriter())) {
                    changes.add(verdict.haltsWriter());
                }
            }
            return changes;
        }

        List<Verdict> verdicts(String product, String promise, Verdict.State wanted) {
            return verdicts.stream()
                    .filter(verdict -> verdict.product().equals(domain.topic(product)))
                    .filter(verdict -> verdict.promise().equals(promise) && verdict.state() == wanted)
                    .toList();
        }

        List<Event> events(String product, String promise) {
            return incidents.stream()
                    .filter(incident -> name(incident).equals(domain.topic(product) + " " + promise))
                    .map(Incident::event)
                    .toList();
        }

        Map<String, Incident> opened() {
            Map<String, Incident> opened = new HashMap<>();
            incidents.stream()
                    .filter(incident -> incident.event() == Event.OPENED)
                    .forEach(incident -> opened.putIfAbsent(name(incident), incident));
            return opened;
        }

        List<String> told(Event event) {
            return incidents.stream()
                    .filter(incident -> incident.event() == event)
                    .map(Mesh::name)
                    .toList();
        }

        private static String name(Incident incident) {
            return incident.verdict().product() + " " + incident.verdict().promise();
        }

        @Override
        public void close() {
            stages.values().forEach(TopologyTestDriver::close);
            judge.close();
        }
    }
}
