package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.contract.Incident.Event;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.stream.MeshJson;
import io.weir.kit.stream.MeshTopics;
import io.weir.kit.stream.Observation;
import io.weir.kit.stream.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.datasketches.theta.UpdatableThetaSketch;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A promise that is judged at eight o'clock, on a simulated clock. */
class ScheduledPromiseTest {

    private static final String TOPIC = "silver.night.batch.v1";

    @TempDir
    Path folder;

    @TempDir
    Path state;

    private TopologyTestDriver judge;
    private TestInputTopic<byte[], byte[]> log;
    private TestOutputTopic<byte[], byte[]> verdicts;
    private TestOutputTopic<byte[], byte[]> incidents;
    private Instant now = Instant.parse("2026-01-31T07:50:00Z");

    @BeforeEach
    void promise() throws IOException {
        Files.createDirectories(folder.resolve("contracts"));
        Files.writeString(folder.resolve("domain.yaml"), """
                apiVersion: weir/v1
                kind: Domain
                name: night
                description: Batches.
                team: {name: owls, contact: owls@example.org}
                """);
        Files.writeString(folder.resolve("contracts/batch.odcs.yaml"), """
                apiVersion: v3.1.0
                kind: DataContract
                id: batch
                version: 1.0.0
                status: active
                domain: night
                schema:
                  - name: batch
                    physicalName: silver.night.batch.v1
                    properties:
                      - name: id
                        logicalType: integer
                        primaryKey: true
                    quality:
                      - metric: rowCount
                        mustBeGreaterThan: 5
                        severity: warning
                        schedule: 0 8 * * *
                        scheduler: cron
                        customProperties: [{property: onViolation, value: halt}]
                """);
        Rules rules = new Rules(List.of(DomainFolder.load(folder, _ -> null)));
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "judge");
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, "nowhere:9092");
        properties.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        judge = new TopologyTestDriver(
                JudgeTopology.of(rules, new WithinMinutes(), "nowhere:9092", _ -> Optional.empty()), properties, now);
        log = judge.createInputTopic(MeshTopics.OBSERVATIONS, new ByteArraySerializer(), new ByteArraySerializer());
        verdicts =
                judge.createOutputTopic(MeshTopics.VERDICTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        incidents =
                judge.createOutputTopic(MeshTopics.INCIDENTS, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    @AfterEach
    void close() {
        judge.close();
    }

    @Test
    void shouldBeJudgedWhenItsScheduleSaysAndFollowedWhileItIsBroken() {
        wrote(1, 3);
        passes(Duration.ofMinutes(9));
        assertThat(verdicts()).isEmpty();

        passes(Duration.ofMinutes(2));
        assertThat(incidents()).singleElement().satisfies(incident -> {
            assertThat(incident.event()).isEqualTo(Event.OPENED);
            assertThat(incident.verdict().severity()).isEqualTo("warning");
            assertThat(Instant.ofEpochMilli(incident.openedAtMs()))
                    .isBetween(Instant.parse("2026-01-31T08:00:00Z"), Instant.parse("2026-01-31T08:00:02Z"));
        });
        assertThat(verdicts())
                .as("a halt is said anew before its lease ends")
                .hasSizeBetween(4, 10)
                .allMatch(verdict -> verdict.haltsReaders() && verdict.haltUntilMs() > verdict.judgedAtMs());

        wrote(4, 6);
        passes(Duration.ofMinutes(1));
        assertThat(incidents()).extracting(Incident::event).endsWith(Event.RESOLVED);
        assertThat(verdicts().getLast().state()).isEqualTo(Verdict.State.KEPT);

        passes(Duration.ofHours(23));
        assertThat(verdicts()).isEmpty();
        passes(Duration.ofHours(1));
        assertThat(verdicts()).singleElement().extracting(Verdict::state).isEqualTo(Verdict.State.KEPT);
        assertThat(incidents()).isEmpty();
    }

    private void passes(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            now = now.plusSeconds(1);
            judge.advanceWallClockTime(Duration.ofSeconds(1));
        }
    }

    private void wrote(long firstId, long lastId) {
        UpdatableThetaSketch keys = UpdatableThetaSketch.builder().build();
        for (long id = firstId; id <= lastId; id++) {
            keys.update(id);
        }
        byte[] sketch = keys.compact().toByteArray();
        long ms = now.toEpochMilli();
        long rows = lastId - firstId + 1;
        Observation observation = new Observation(
                TOPIC,
                "test.night.batch.v1",
                0,
                ms - 1_000,
                ms,
                rows,
                0,
                rows,
                ms,
                ms,
                0,
                null,
                sketch,
                null,
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                null,
                Map.of());
        log.pipeInput(TOPIC.getBytes(UTF_8), MeshJson.write(observation), now);
    }

    private List<Verdict> verdicts() {
        return verdicts.readValuesToList().stream()
                .flatMap(value -> MeshJson.read(value, Verdict.class).stream())
                .filter(verdict -> verdict.promise().equals("rowCount"))
                .toList();
    }

    private List<Incident> incidents() {
        return incidents.readValuesToList().stream()
                .flatMap(value -> MeshJson.read(value, Incident.class).stream())
                .toList();
    }
}
