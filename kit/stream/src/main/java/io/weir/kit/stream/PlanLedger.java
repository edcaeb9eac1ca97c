package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers on {@link MeshTopics#PLANS} with which plan each stage's state was made, so that no other plan is started on it, and how far a rebuild has come.
 *
 * <p>A change of an entry is a comparison and a write that exclude each other over all processes: each fences those that began before it.
 */
public final class PlanLedger {

    private static final TopicPartition PLANS = new TopicPartition(MeshTopics.PLANS, 0);

    private final Map<String, Object> clients;

    /** How far a rebuild has come. */
    public enum Phase {
        /** The new generation reads its inputs from the start, beside the running one. */
        BUILDING,
        /** The running generation stops, and the new one passes the place where it did. */
        SWITCHING,
        /** Both stand still, and what differs between their results is written. */
        WRITING
    }

    /** A generation that is to take over. */
    public record Rebuild(String fingerprint, int generation, Phase phase) {}

    /**
     * What is known of one stage.
     *
     * @param fingerprint of the plan that made the state that serves
     * @param generation how often it was rebuilt
     */
    public record Entry(
            String fingerprint, int generation, @Nullable Rebuild rebuild) {

        Entry in(Phase phase) {
            return rebuild == null
                    ? this
                    : new Entry(
                            fingerprint, generation, new Rebuild(rebuild.fingerprint(), rebuild.generation(), phase));
        }
    }

    /** @param settings further settings of the clients, security among them */
    public PlanLedger(String bootstrapServers, Map<String, String> settings) {
        clients = new HashMap<>(settings);
        clients.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    }

    /** The {@code application.id} of a generation: its consumer group, and the start of its internal topics' names. */
    public static String applicationId(String stage, int generation) {
        return generation == 0 ? stage : stage + "-g" + generation;
    }

    /** Whether it is an internal topic of this application, and not of another generation of its stage. */
    public static boolean isInternal(String topic, String application) {
        return topic.startsWith(application + "-")
                && !topic.substring(application.length()).matches("-g\\d+-.*");
    }

    /** Writes the plan down where the stage has none yet. */
    Entry admit(StageId stage, String fingerprint) {
        Optional<Entry> recorded = read(stage.toString());
        if (recorded.isPresent()) {
            return recorded.get();
        }
        Entry first = new Entry(fingerprint, 0, null);
        try (var producer = new KafkaProducer<>(clients, new ByteArraySerializer(), new ByteArraySerializer())) {
            var written = producer.send(record(stage, first));
            producer.flush();
            written.get();
        } catch (ExecutionException failed) {
            throw new KafkaException("the plan of %s cannot be written down".formatted(stage), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new KafkaException(interrupted);
        }
        return first;
    }

    /** Why a plan is not started on the state that is there, and what to do. */
    static StageWaitException refusal(Entry recorded, String fingerprint, String product) {
        return new StageWaitException(
                ("the model's plan has changed and cannot use the state that is there (plan %s, state of plan %s): ./weir rebuild %s"
                                + " makes new state beside it and switches; or take the change back")
                        .formatted(fingerprint, recorded.fingerprint(), product));
    }

    /** Empty where the stage has never run. */
    public Optional<Entry> read(String stage) {
        byte[] key = stage.getBytes(UTF_8);
        byte[] latest = null;
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(List.of(PLANS));
            consumer.seekToBeginning(List.of(PLANS));
            long end = consumer.endOffsets(List.of(PLANS)).getOrDefault(PLANS, 0L);
            while (consumer.position(PLANS) < end) {
                for (ConsumerRecord<byte[], byte[]> plan : consumer.poll(Duration.ofSeconds(1))) {
                    if (Arrays.equals(plan.key(), key)) {
                        latest = plan.value();
                    }
                }
            }
        }
        if (latest == null) {
            return Optional.empty();
        }
        String text = new String(latest, UTF_8);
        // Written by versions that knew no rebuild: the fingerprint alone.
        return text.startsWith("{") ? MeshJson.read(latest, Entry.class) : Optional.of(new Entry(text, 0, null));
    }

    /** The {@code application.id} of the generation that serves a stage, rebuilt or not. */
    public String serving(String stage) {
        return applicationId(stage, read(stage).map(Entry::generation).orElse(0));
    }

    /** What is written together with a change of the entry. */
    @FunctionalInterface
    interface Work {
        /** May commit and begin transactions; leaves one open. */
        void write(KafkaProducer<byte[], byte[]> producer);
    }

    /**
     * Changes the entry if it is still {@code expected}, after {@code work}; false where it is another by now. Who did the same at the same time fails with a
     * {@link KafkaException}.
     */
    boolean change(StageId stage, Entry expected, UnaryOperator<Entry> change, Work work) {
        Map<String, Object> settings = new HashMap<>(clients);
        settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, stage + "-rebuild");
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.initTransactions();
            if (!read(stage.toString()).equals(Optional.of(expected))) {
                return false;
            }
            producer.beginTransaction();
            work.write(producer);
            // A failure shows at the commit.
            var unawaited = producer.send(record(stage, change.apply(expected)));
            producer.commitTransaction();
            return true;
        }
    }

    private static ProducerRecord<byte[], byte[]> record(StageId stage, Entry entry) {
        return new ProducerRecord<>(MeshTopics.PLANS, stage.toString().getBytes(UTF_8), MeshJson.write(entry));
    }
}
