package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.contract.Redrive.Handled;
import io.weir.contract.Redrive.Outcome;
import io.weir.contract.Redrive.Report;
import io.weir.kit.contract.ContractFile;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.stream.QuarantineHeaders;
import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Records are put at the end of their topic again while somebody else writes there, on a real Kafka. */
@WithMesh
class RereadRaceTest {

    private static final QuarantineLog.Filter ANY = new QuarantineLog.Filter(null, null, null, null, null);

    private final String domain = Testkit.unique("race");
    private final DataProduct input = product("bronze", "order");
    private final DataProduct output = product("silver", "sale");
    private final TestKafka kafka;

    /** What happens after the next reading of the input: of what is committed, and of all of it. */
    private final Queue<Runnable> afterFinding = new ArrayDeque<>();

    private final Queue<Runnable> afterChecking = new ArrayDeque<>();

    RereadRaceTest(TestKafka kafka) {
        this.kafka = kafka;
    }

    @BeforeEach
    void makeTopics() {
        kafka.createTopic(input.name().topic(), 1, Map.of("cleanup.policy", "compact"));
        kafka.createTopic(output.name().quarantineTopic(), 1);
    }

    @Test
    void shouldNotPutARecordBehindANewerOneThatCameBetweenFindingAndWriting() {
        read("a", "old");
        read("b", "old");
        afterFinding.add(() -> write("a", "new"));

        Report report = redrive();

        assertThat(report.rows())
                .containsExactlyInAnyOrder(
                        new Handled("0@0", Outcome.OVERTAKEN, ""), new Handled("0@1", Outcome.READ_AGAIN, ""));
        assertThat(values("a")).containsExactly("old", "new");
        assertThat(values("b")).containsExactly("old", "old");
        assertThat(open()).containsExactly("0@0");
    }

    @Test
    void shouldPutARecordBeforeANewerOneThatComesBetweenCheckingAndCommitting() {
        read("a", "old");
        afterChecking.add(() -> write("a", "new"));

        Report report = redrive();

        assertThat(report.rows()).containsExactly(new Handled("0@0", Outcome.READ_AGAIN, ""));
        assertThat(values("a")).containsExactly("old", "old", "new");
        assertThat(open()).isEmpty();
    }

    @Test
    void shouldNotPutARecordBehindANewerOneWhoseTransactionIsOpen() {
        read("a", "old");
        try (KafkaProducer<byte[], byte[]> other = transactional()) {
            other.beginTransaction();
            var unawaited = other.send(new ProducerRecord<>(input.name().topic(), bytes("a"), bytes("new")));
            other.flush();

            Report report = redrive();
            other.commitTransaction();

            assertThat(report.rows()).containsExactly(new Handled("0@0", Outcome.OVERTAKEN, ""));
        }
        assertThat(values("a")).containsExactly("old", "new");
    }

    @Test
    void shouldSayThatRowsAreLeftWhenSomebodyWasFasterEachTime() {
        List<String> keys = List.of("a", "b", "c", "d", "e", "f");
        keys.forEach(key -> read(key, "old"));
        afterFinding.add(() -> write("a", "new"));
        keys.stream().skip(1).forEach(key -> afterChecking.add(() -> write(key, "new")));

        Report report = redrive();

        assertThat(report.counts()).isEqualTo(Map.of(Outcome.OVERTAKEN, 5));
        assertThat(report.more()).isTrue();
        assertThat(values("f")).containsExactly("old", "new");
        assertThat(open()).hasSize(6);
    }

    private Report redrive() {
        ContractConfig config = WebhookTest.config(kafka, URI.create("http://127.0.0.1:1"), "");
        QuarantineLog log = new QuarantineLog(config) {
            @Override
            Map<Integer, Long> scan(
                    String topic,
                    boolean committedOnly,
                    Map<Integer, Long> from,
                    Predicate<ConsumerRecord<byte[], byte[]>> wanted,
                    List<ConsumerRecord<byte[], byte[]>> into) {
                Map<Integer, Long> ends = super.scan(topic, committedOnly, from, wanted, into);
                if (topic.equals(input.name().topic())) {
                    Runnable next = (committedOnly ? afterFinding : afterChecking).poll();
                    if (next != null) {
                        next.run();
                    }
                }
                return ends;
            }
        };
        return new Redrive(config, log, topic -> Optional.of(input)
                        .filter(one -> one.name().topic().equals(topic)))
                .redrive(Quarantine.of(output), ANY, 100, false, "ada");
    }

    /** A record that the stage could not use as it read it. */
    private void read(String key, String value) {
        write(key, value);
        long offset = kafka.records(input.name().topic()).getLast().offset();
        var record = new ProducerRecord<>(output.name().quarantineTopic(), bytes(key), bytes(value));
        record.headers()
                .add(QuarantineHeaders.INPUT, bytes(input.name().topic() + "-0@" + offset))
                .add(QuarantineHeaders.FORM, bytes(QuarantineHeaders.FORM_READ));
        kafka.send(record);
    }

    private void write(String key, String value) {
        kafka.send(input.name().topic(), bytes(key), bytes(value));
    }

    private List<String> values(String key) {
        return kafka.records(input.name().topic()).stream()
                .filter(record -> Arrays.equals(record.key(), bytes(key)))
                .map(record -> new String(record.value(), UTF_8))
                .toList();
    }

    private List<String> open() {
        return new QuarantineLog(WebhookTest.config(kafka, URI.create("http://127.0.0.1:1"), ""))
                .open(Quarantine.of(output), ANY, null, 100).stream()
                        .map(QuarantineLog::position)
                        .toList();
    }

    private KafkaProducer<byte[], byte[]> transactional() {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        kafka.bootstrapServers(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        domain),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private DataProduct product(String layer, String name) {
        return ContractFile.of("""
                apiVersion: v3.1.0
                kind: DataContract
                id: %2$s
                version: 1.0.0
                status: active
                schema:
                  - name: %2$s
                    physicalName: %1$s.%3$s.%2$s.v1
                    properties:
                      - {name: id, logicalType: string, primaryKey: true}
                """.formatted(layer, name, domain), name + ".odcs.yaml")
                .product();
    }
}
