package io.weir.contract;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.contract.Incident.Event;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.stream.MeshApplication;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a broken promise to the stages that stand still for it, and back, on real Kafka. What is judged when is {@link JudgementTest}'s to show, on a simulated clock. */
@WithMesh
class JudgeTest {

    private final String name = Testkit.unique("judge");

    @TempDir
    Path folder;

    @TempDir
    Path state;

    @Test
    void shouldHaltWriterAndReaderOfABrokenPromiseUntilItHoldsAgain(TestKafka kafka) throws Exception {
        PromisingDomain domain = new PromisingDomain(name, folder);
        var schemas = InMemorySchemas.of(domain.contracts().products().values());
        StageSettings settings = new StageSettings(
                "test",
                "test",
                kafka.bootstrapServers(),
                state,
                Duration.ofMillis(50),
                1,
                Duration.ofMillis(300),
                Map.of());
        Rules rules = new Rules(List.of(domain.contracts()));
        // Plans the models now, which otherwise happens at the first incident.
        assertThat(rules.downstream(domain.contracts().find("silver.nulls").orElseThrow()))
                .isNotEmpty();
        kafka.createTopic(domain.in("nulls"), 1);
        try (var judge = new MeshApplication(
                        settings,
                        "judge." + name,
                        List.of(
                                MeshTopics.observations(),
                                MeshTopics.verdicts(),
                                MeshTopics.incidents(),
                                MeshTopics.lineage()),
                        () -> JudgeTopology.of(
                                rules, new WithinSeconds(), kafka.bootstrapServers(), _ -> Optional.empty()));
                var stages = new StageRuntime(settings, schemas, new SimpleMeterRegistry(), null, Clock.systemUTC());
                var producer = kafka.producer();
                var traffic = Executors.newSingleThreadScheduledExecutor()) {
            judge.start();
            stages.start(List.of(domain.stage("nulls"), domain.reader()));
            var unawaited = traffic.scheduleAtFixedRate(
                    () -> send(producer, domain.next("nulls", System.currentTimeMillis())), 0, 1, TimeUnit.SECONDS);
            await().until(() -> kafka.topics().contains(domain.topic("nulls"))
                    && kafka.records(domain.topic("nulls")).size() > 20);
            assertThat(incidents(kafka, Event.OPENED)).isEmpty();

            long brokenMs = System.currentTimeMillis();
            domain.breaks("nulls", true);
            for (int i = 0; i < 20; i++) {
                send(producer, domain.next("nulls", brokenMs));
            }
            domain.breaks("nulls", false);
            Map<String, Long> haltedAtMs = new HashMap<>();
            await().pollInterval(Duration.ofMillis(20)).until(() -> {
                stages.statuses().stream()
                        .filter(stage -> stage.state() == StageStatus.State.PAUSED)
                        .forEach(stage -> haltedAtMs.putIfAbsent(stage.stage(), System.currentTimeMillis()));
                return haltedAtMs.size() == 2;
            });

            assertThat(haltedAtMs)
                    .containsOnlyKeys("test.%s.nulls.v1".formatted(name), "test.%s.reader.v1".formatted(name));
            Incident incident = incidents(kafka, Event.OPENED).getFirst();
            System.out.printf("breach to incident: %.2f s%n", (incident.openedAtMs() - brokenMs) / 1000d);
            haltedAtMs.forEach((stage, atMs) ->
                    System.out.printf("incident to halt: %s %.2f s%n", stage, (atMs - incident.openedAtMs()) / 1000d));
            assertThat(incident.verdict().firstBad()).startsWith(domain.in("nulls") + "-0@");
            assertThat(incident.owner().contact()).isEqualTo("team@example.org");
            assertThat(incident.affected())
                    .extracting(Incident.Affected::name)
                    .containsExactly("gold.%s.reader.v1".formatted(name), "letters");
            await().untilAsserted(
                            () -> assertThat(incidents(kafka, Event.RESOLVED)).isNotEmpty());
            assertThat(incidents(kafka, Event.OPENED)).hasSize(1);
            await().until(() ->
                    stages.statuses().stream().allMatch(stage -> stage.state() == StageStatus.State.RUNNING));
        }
    }

    private static void send(KafkaProducer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) {
        for (var record : records) {
            var unawaited = producer.send(record);
        }
        producer.flush();
    }

    private List<Incident> incidents(TestKafka kafka, Event event) {
        return kafka.records(MeshTopics.INCIDENTS).stream()
                .flatMap(record -> MeshJson.read(record.value(), Incident.class).stream())
                .filter(incident -> incident.event() == event)
                .filter(incident -> incident.verdict().product().contains("." + name + "."))
                .toList();
    }

    /** Everything within seconds. */
    private static final class WithinSeconds implements ContractConfig.Judging {
        @Override
        public Duration window() {
            return Duration.ofSeconds(4);
        }

        @Override
        public Duration period() {
            return Duration.ofHours(1);
        }

        @Override
        public Duration every() {
            return Duration.ofMillis(200);
        }

        @Override
        public Duration patience() {
            return Duration.ofSeconds(30);
        }

        @Override
        public Duration settle() {
            return Duration.ofMillis(500);
        }

        @Override
        public Duration haltLease() {
            return Duration.ofSeconds(3);
        }

        @Override
        public Duration tellEvery() {
            return Duration.ofSeconds(1);
        }
    }
}
