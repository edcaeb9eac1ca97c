package io.weir.kit.stream;

import static io.weir.kit.testkit.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.kit.testkit.TestKafka;
import io.weir.kit.testkit.Testkit;
import io.weir.kit.testkit.WithMesh;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.requests.TxnOffsetCommitRequest;
import org.apache.kafka.common.requests.TxnOffsetCommitResponse;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithMesh
class HangingTransactionsTest {

    private static final short VERSION = 4;

    /** Correlation id and no tagged fields. */
    private static final int RESPONSE_HEADER = Integer.BYTES + 1;

    /** Enough for an answer; the end of a wait for one that cannot come. */
    private static final Duration UNSTABLE_LIMIT = Duration.ofSeconds(5);

    private final String group = Testkit.unique("hanging");
    private final TopicPartition input = new TopicPartition(Testkit.unique("input"), 0);

    @TempDir
    Path state;

    @Test
    void shouldEndWhatKeepsAGroupFromItsOffsets(TestKafka kafka) throws Exception {
        kafka.createTopic(input.topic(), 1);
        try (Admin admin = kafka.admin();
                KafkaProducer<byte[], byte[]> producer = producer(kafka);
                KafkaConsumer<byte[], byte[]> consumer = consumer(kafka)) {
            // Finds the group's coordinator, which is made with the first group.
            assertThat(consumer.committed(Set.of(input))).containsEntry(input, null);
            verifyTransactions(admin, false);
            try {
                leaveHanging(kafka, admin);
            } finally {
                verifyTransactions(admin, true);
            }
            assertThat(offset(consumer)).isEmpty();
            // What is open and known stays, on the same partition too.
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(input.topic(), new byte[0]));
            producer.flush();
            producer.sendOffsetsToTransaction(Map.of(input, new OffsetAndMetadata(1)), consumer.groupMetadata());

            int aborted = HangingTransactions.abort(settings(kafka), group, List.of(input.topic()));

            assertThat(aborted).isEqualTo(1);
            producer.commitTransaction();
            await().untilAsserted(() -> assertThat(offset(consumer)).contains(Map.of(input, new OffsetAndMetadata(1))));
            assertThat(kafka.records(input.topic())).hasSize(1);
            assertThat(HangingTransactions.abort(settings(kafka), group, List.of(input.topic())))
                    .isZero();
        }
    }

    private StageSettings settings(TestKafka kafka) {
        return new StageSettings(group, "test", kafka.bootstrapServers(), state, Duration.ofMillis(50), 1, Map.of());
    }

    private KafkaProducer<byte[], byte[]> producer(TestKafka kafka) {
        KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", group),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        return producer;
    }

    /** Whoever commits for the group. */
    private KafkaConsumer<byte[], byte[]> consumer(TestKafka kafka) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "group.id", group),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Commits offsets in a transaction that its coordinator is not told of, as a broker's death leaves it. */
    private void leaveHanging(TestKafka kafka, Admin admin) throws Exception {
        String id = Testkit.unique("vanished");
        try (var producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers(), "transactional.id", id),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
        }
        TransactionDescription transaction =
                admin.describeTransactions(List.of(id)).description(id).get();
        TxnOffsetCommitRequest request = new TxnOffsetCommitRequest.Builder(
                        id,
                        group,
                        transaction.producerId(),
                        (short) transaction.producerEpoch(),
                        Map.of(input, new TxnOffsetCommitRequest.CommittedOffset(7, "", Optional.empty())),
                        false)
                .build(VERSION);
        await().untilAsserted(() -> assertThat(send(
                        kafka,
                        request.serializeWithHeader(new RequestHeader(ApiKeys.TXN_OFFSET_COMMIT, VERSION, "test", 1))))
                .containsOnly(Errors.NONE));
    }

    private static Collection<Errors> send(TestKafka kafka, ByteBuffer request) throws IOException {
        String[] address = kafka.bootstrapServers().split(":", 2);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]));
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                DataInputStream in = new DataInputStream(socket.getInputStream())) {
            out.writeInt(request.remaining());
            out.write(request.array(), request.arrayOffset() + request.position(), request.remaining());
            out.flush();
            ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(in.readInt()));
            answer.position(RESPONSE_HEADER);
            return TxnOffsetCommitResponse.parse(new ByteBufferAccessor(answer), VERSION)
                    .errors()
                    .values();
        }
    }

    /** The group's offsets; nothing where it cannot be known for an open transaction. */
    private Optional<Map<TopicPartition, OffsetAndMetadata>> offset(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            return Optional.of(consumer.committed(Set.of(input), UNSTABLE_LIMIT));
        } catch (TimeoutException unstable) {
            return Optional.empty();
        }
    }

    private static void verifyTransactions(Admin admin, boolean verify) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        new ConfigResource(ConfigResource.Type.BROKER, ""),
                        List.of(new AlterConfigOp(
                                new ConfigEntry("transaction.partition.verification.enable", Boolean.toString(verify)),
                                AlterConfigOp.OpType.SET))))
                .all()
                .get();
    }
}
