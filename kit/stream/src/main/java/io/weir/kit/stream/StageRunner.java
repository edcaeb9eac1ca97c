package io.weir.kit.stream;

import io.weir.kit.contract.NotPublishedYet;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.stream.StageStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one stage running: waits for what it needs, starts it, and starts it again with backoff when it fails. */
final class StageRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(15);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(200);

    private final Stage stage;
    private final StageSettings settings;
    private final StageContext context;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private volatile State state = State.WAITING;
    private volatile @Nullable String detail;
    private volatile @Nullable KafkaStreams streams;
    private volatile @Nullable Throwable failure;
    private volatile long pauseUntilMs;
    private final AtomicInteger restarts = new AtomicInteger();

    StageRunner(Stage stage, StageSettings settings, StageContext context) {
        this.stage = stage;
        this.settings = settings;
        this.context = context;
        this.thread = Thread.ofPlatform().name("stage-" + stage.id()).daemon().unstarted(this::keepRunning);
    }

    void start() {
        thread.start();
    }

    void pauseUntil(long untilMs) {
        pauseUntilMs = untilMs;
    }

    StageStatus status() {
        StageMeters meters = context.meters();
        return new StageStatus(
                stage.id().toString(),
                settings.service(),
                settings.instance(),
                stage.kind(),
                stage.inputTopics(),
                stage.output().name().topic(),
                state,
                detail,
                meters.rowsIn(),
                meters.rowsOut(),
                meters.rowsQuarantined(),
                meters.rowsStopped(),
                lag(),
                meters.freshnessMs(0.5),
                meters.freshnessMs(0.99),
                restarts.get(),
                context.clock().millis());
    }

    private void keepRunning() {
        Duration backoff = FIRST_BACKOFF;
        while (!isClosing()) {
            long startedAtMs = context.clock().millis();
            try {
                prepare();
                runUntilFailedOrClosed();
            } catch (StageWaitException waiting) {
                become(State.WAITING, waiting.getMessage());
            } catch (RuntimeException failed) {
                LOG.atError()
                        .setCause(failed)
                        .addKeyValue("stage", stage.id())
                        .log("stage failed; it will be started again");
                become(State.FAILED, rootMessage(failed));
                restarts.incrementAndGet();
            }
            boolean ranWell = context.clock().millis() - startedAtMs > LONGEST_BACKOFF.toMillis();
            backoff = ranWell || state == State.WAITING ? FIRST_BACKOFF : longer(backoff);
            pause(backoff);
        }
        become(State.STOPPED, null);
    }

    private void prepare() {
        try (Admin admin = Admin.create(adminSettings())) {
            List<TopicSpec> own = new ArrayList<>(stage.ownTopics());
            own.add(TopicSpec.of(stage.output()));
            own.add(TopicSpec.quarantineOf(stage.output()));
            own.add(TopicSpec.compacted(MeshTopics.PLANS, 1));
            Topics.ensure(admin, own);
            List<String> missing = Topics.missing(admin, stage.inputTopics());
            if (!missing.isEmpty()) {
                throw new StageWaitException("waiting for topic " + String.join(", ", missing));
            }
            refuseOtherPartitions(admin);
            stage.fingerprint().ifPresent(plan -> new PlanLedger(settings).admit(stage.id(), plan));
        } catch (org.apache.kafka.common.KafkaException unanswered) {
            throw new StageWaitException(
                    "waiting for Kafka at %s: %s".formatted(settings.bootstrapServers(), rootMessage(unanswered)));
        }
    }

    /** Rows that belong together would pass each other by without a word. */
    private void refuseOtherPartitions(Admin admin) {
        Map<String, Integer> declared = new HashMap<>(stage.inputPartitions());
        declared.put(stage.output().name().topic(), stage.output().partitions());
        Topics.partitions(admin, declared.keySet()).forEach((topic, partitions) -> {
            if (!partitions.equals(declared.get(topic))) {
                throw new StageWaitException(
                        "topic %s has %d partitions, its contract says %d: put the contract right, or give the product a new major version"
                                .formatted(topic, partitions, declared.get(topic)));
            }
        });
    }

    private void runUntilFailedOrClosed() {
        failure = null;
        KafkaStreams started;
        try {
            started = new KafkaStreams(stage.topology(context), streamsSettings());
        } catch (NotPublishedYet | RegistryUnavailable notReady) {
            throw new StageWaitException(rootMessage(notReady));
        }
        started.setUncaughtExceptionHandler(thrown -> {
            failure = thrown;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams = started;
        become(State.STARTING, null);
        try {
            started.start();
            watch(started);
        } finally {
            started.close(CLOSE_TIMEOUT);
            streams = null;
        }
    }

    private void watch(KafkaStreams running) {
        boolean paused = false;
        while (!isClosing()) {
            Throwable thrown = failure;
            if (thrown != null) {
                throw new IllegalStateException(rootMessage(thrown), thrown);
            }
            KafkaStreams.State now = running.state();
            if (now.hasCompletedShutdown() || now == KafkaStreams.State.PENDING_ERROR) {
                throw new IllegalStateException("Kafka Streams stopped in state " + now);
            }
            boolean wanted = context.clock().millis() < pauseUntilMs;
            if (wanted != paused) {
                if (wanted) {
                    running.pause();
                } else {
                    running.resume();
                }
                paused = wanted;
            }
            become(paused ? State.PAUSED : now == KafkaStreams.State.RUNNING ? State.RUNNING : State.STARTING, null);
            pause(WATCH_INTERVAL);
        }
    }

    private Properties streamsSettings() {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, stage.id().toString());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(StreamsConfig.STATE_DIR_CONFIG, settings.stateDirectory().toString());
        properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        properties.put(
                StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.POLL_MS_CONFIG, 20L);
        // Operators add up changes, whose order between partitions is nothing to them: no partition waits for another.
        properties.put(StreamsConfig.MAX_TASK_IDLE_MS_CONFIG, StreamsConfig.MAX_TASK_IDLE_MS_DISABLED);
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, settings.threads());
        properties.put(StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        properties.put(StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.ByteArraySerde.class);
        properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 0L);
        properties.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, BoundedRocksDb.class);
        properties.put(StreamsConfig.ENSURE_EXPLICIT_INTERNAL_RESOURCE_NAMING_CONFIG, true);
        properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "streams");
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.COMPRESSION_TYPE_CONFIG), "lz4");
        // Nobody downstream sees a record before its commit, which flushes: waiting for full batches until then costs
        // nothing.
        properties.put(
                StreamsConfig.producerPrefix(ProducerConfig.LINGER_MS_CONFIG),
                settings.commitInterval().toMillis());
        properties.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), 64 * 1024);
        // A stage that is behind is offered as much as it may hold: little enough for a small heap.
        properties.put(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 500);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_POLL_RECORDS_CONFIG), 500);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG), 256 * 1024);
        properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.FETCH_MAX_BYTES_CONFIG), 4 * 1024 * 1024);
        properties.putAll(settings.kafka());
        return properties;
    }

    private Map<String, Object> adminSettings() {
        Map<String, Object> properties = new HashMap<>(settings.kafka());
        properties.keySet().retainAll(AdminClientConfig.configNames());
        properties.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        return properties;
    }

    /** Records not read yet, summed over the fetched partitions; the repartition topics are among them. */
    private long lag() {
        KafkaStreams running = streams;
        if (running == null) {
            return -1;
        }
        double lag = -1;
        for (var metric : running.metrics().entrySet()) {
            MetricName name = metric.getKey();
            if (name.name().equals("records-lag")
                    && name.tags().containsKey("partition")
                    && !name.tags().getOrDefault("client-id", "").contains("restore")
                    && metric.getValue().metricValue() instanceof Double records
                    && !records.isNaN()) {
                lag = Math.max(0, lag) + records;
            }
        }
        return (long) lag;
    }

    private void become(State next, @Nullable String why) {
        if (state != next || !java.util.Objects.equals(detail, why)) {
            LOG.atInfo()
                    .addKeyValue("stage", stage.id())
                    .addKeyValue("state", next.name().toLowerCase(Locale.ROOT))
                    .addKeyValue("detail", why == null ? "" : why)
                    .log("stage state");
            detail = why;
            state = next;
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void pause(Duration duration) {
        try {
            if (closing.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            closing.countDown();
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration backoff) {
        Duration doubled = backoff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        closing.countDown();
        if (streams == null) {
            // It waits for something that may not come; a running topology is left to commit and close.
            thread.interrupt();
        }
        try {
            thread.join(CLOSE_TIMEOUT.plusSeconds(1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
