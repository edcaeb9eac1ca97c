package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Remembers on {@link MeshTopics#PLANS} with which plan each stage's state was made, so that no other plan is started on it. */
final class PlanLedger {

    private static final TopicPartition PLANS = new TopicPartition(MeshTopics.PLANS, 0);

    private final Map<String, Object> clients;

    PlanLedger(StageSettings settings) {
        clients = new HashMap<>(settings.kafka());
        clients.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    }

    /** Writes the plan down where the stage has none yet; a {@link StageWaitException} says what to do where it has another. */
    void admit(StageId stage, String fingerprint) {
        byte[] recorded = read(stage.toString().getBytes(UTF_8));
        if (recorded == null) {
            write(stage.toString(), fingerprint);
        } else if (!new String(recorded, UTF_8).equals(fingerprint)) {
            throw new StageWaitException(
                    ("the model's plan has changed and cannot use the state that is there (plan %s, state of plan %s): give the contract"
                                    + " and its physicalName a new major version, which makes a new topic beside the old one, or take the change back")
                            .formatted(fingerprint, new String(recorded, UTF_8)));
        }
    }

    private byte @Nullable [] read(byte[] stage) {
        byte[] latest = null;
        try (var consumer = new KafkaConsumer<>(clients, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PLANS));
            consumer.seekToBeginning(List.of(PLANS));
            long end = consumer.endOffsets(List.of(PLANS)).getOrDefault(PLANS, 0L);
            while (consumer.position(PLANS) < end) {
                for (ConsumerRecord<byte[], byte[]> plan : consumer.poll(Duration.ofSeconds(1))) {
                    if (Arrays.equals(plan.key(), stage)) {
                        latest = plan.value();
                    }
                }
            }
        }
        return latest;
    }

    private void write(String stage, String fingerprint) {
        try (var producer = new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
            var written = producer.send(
                    new ProducerRecord<>(MeshTopics.PLANS, stage.getBytes(UTF_8), fingerprint.getBytes(UTF_8)));
            producer.flush();
            written.get();
        } catch (ExecutionException failed) {
            throw new KafkaException("the plan of %s cannot be written down".formatted(stage), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException(interrupted);
        }
    }
}
