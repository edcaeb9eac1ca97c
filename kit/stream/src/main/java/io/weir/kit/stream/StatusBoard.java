package io.weir.kit.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says on {@link MeshTopics#STAGES} how the stages of this process fare, hands it what is asked of them on {@link MeshTopics#CONTROL}, and knows from
 * {@link MeshTopics#VERDICTS} which of them have to stand still.
 *
 * <p>Makes the topics where they are missing; goes on by itself after Kafka was away.
 */
public final class StatusBoard implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StatusBoard.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final List<TopicPartition> FOLLOWED =
            List.of(new TopicPartition(MeshTopics.CONTROL, 0), new TopicPartition(MeshTopics.VERDICTS, 0));

    private final StageSettings settings;
    private final Clock clock;
    private final Supplier<List<StageStatus>> statuses;
    private final Consumer<Control> onControl;
    private final Halts halts = new Halts();
    private final AtomicBoolean changed = new AtomicBoolean();
    private final Queue<ProducerRecord<byte[], byte[]>> waiting = new ConcurrentLinkedQueue<>();
    private final Thread thread =
            Thread.ofPlatform().name("status-board").daemon().unstarted(this::keepSpeaking);
    private volatile @Nullable KafkaConsumer<?, ?> following;
    private volatile boolean closed;

    public StatusBoard(
            StageSettings settings, Clock clock, Supplier<List<StageStatus>> statuses, Consumer<Control> onControl) {
        this.settings = settings;
        this.clock = clock;
        this.statuses = statuses;
        this.onControl = onControl;
    }

    /** What contracts have halted. */
    public Halts halts() {
        return halts;
    }

    /** Says at once how the stages fare, and not only when its second is over: one of them has come into another state. */
    public void tell() {
        changed.set(true);
        KafkaConsumer<?, ?> current = following;
        if (current != null) {
            current.wakeup();
        }
    }

    /** Writes a record of the mesh soon, on the board's own thread; it is lost where Kafka stays away until the end. */
    void say(String topic, String key, byte[] value) {
        waiting.add(new ProducerRecord<>(topic, key.getBytes(UTF_8), value));
    }

    public void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    private void keepSpeaking() {
        while (!closed) {
            try {
                speak();
            } catch (KafkaException unanswered) {
                LOG.atWarn()
                        .addKeyValue("reason", unanswered.getMessage())
                        .log("status cannot be published; trying again");
                waitFor(INTERVAL);
            }
        }
    }

    private void speak() {
        try (Admin admin = Admin.create(clientSettings())) {
            Topics.ensure(
                    admin,
                    List.of(
                            TopicSpec.compacted(MeshTopics.STAGES, 1),
                            TopicSpec.retained(MeshTopics.CONTROL, 1, Duration.ofHours(1)),
                            MeshTopics.verdicts(),
                            MeshTopics.lineage()));
        }
        try (var producer =
                        new KafkaProducer<>(producerSettings(), new ByteArraySerializer(), new ByteArraySerializer());
                var consumer = new KafkaConsumer<>(
                        consumerSettings(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            consumer.assign(FOLLOWED);
            consumer.seekToBeginning(FOLLOWED);
            following = consumer;
            long nextAtMs = 0;
            while (!closed) {
                hear(consumer);
                sayWhatWaits(producer);
                if (changed.getAndSet(false) || clock.millis() >= nextAtMs) {
                    publish(producer);
                    nextAtMs = clock.millis() + INTERVAL.toMillis();
                }
            }
            sayWhatWaits(producer);
            publish(producer);
        } finally {
            following = null;
        }
    }

    private void hear(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            consumer.poll(Duration.ofMillis(200)).forEach(this::take);
        } catch (WakeupException told) {
            // There is something to say first.
        }
    }

    private void sayWhatWaits(KafkaProducer<byte[], byte[]> producer) {
        for (var next = waiting.poll(); next != null; next = waiting.poll()) {
            var unawaited = producer.send(next);
        }
    }

    private void take(ConsumerRecord<byte[], byte[]> said) {
        if (said.topic().equals(MeshTopics.VERDICTS)) {
            if (said.key() != null) {
                halts.take(
                        new String(said.key(), UTF_8),
                        said.value() == null
                                ? null
                                : MeshJson.read(said.value(), Verdict.class).orElse(null));
            }
        } else if (said.value() != null) {
            MeshJson.read(said.value(), Control.class).ifPresent(onControl);
        }
    }

    private void publish(KafkaProducer<byte[], byte[]> producer) {
        for (StageStatus status : statuses.get()) {
            // Said anew in a second, so nobody waits for it.
            var unawaited = producer.send(
                    new ProducerRecord<>(MeshTopics.STAGES, status.stage().getBytes(UTF_8), MeshJson.write(status)));
        }
    }

    private Map<String, Object> clientSettings() {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return properties;
    }

    private Map<String, Object> consumerSettings() {
        Map<String, Object> properties = clientSettings();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return properties;
    }

    private Map<String, Object> producerSettings() {
        Map<String, Object> properties = clientSettings();
        // Of two requests to a topic that was just made, Kafka may take the second alone, and keep taking it so
        // (KAFKA-15591).
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "5000");
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "10000");
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "5000");
        return properties;
    }

    private static void waitFor(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            if (!thread.join(Duration.ofSeconds(2))) {
                thread.interrupt();
                thread.join(Duration.ofSeconds(2));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
