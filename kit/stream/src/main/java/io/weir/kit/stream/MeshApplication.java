package io.weir.kit.stream;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.Topology;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka Streams application of the mesh itself, which writes no product: it is run as a stage is, exactly once, and started again when it fails.
 *
 * <p>Thread-safe.
 */
public final class MeshApplication implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MeshApplication.class);
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration WATCH = Duration.ofMillis(200);

    private final StageSettings settings;
    private final String applicationId;
    private final List<TopicSpec> topics;
    private final Supplier<Topology> topology;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;
    private volatile String trouble = "not started yet";

    /** @param topics what it reads and writes, made where missing */
    public MeshApplication(
            StageSettings settings, String applicationId, List<TopicSpec> topics, Supplier<Topology> topology) {
        this.settings = settings;
        this.applicationId = applicationId;
        this.topics = List.copyOf(topics);
        this.topology = topology;
        this.thread = Thread.ofPlatform().name(applicationId).daemon().unstarted(this::keepRunning);
    }

    public void start() {
        thread.start();
    }

    /** Why it does not run just now; empty when it does. */
    public String trouble() {
        return trouble;
    }

    private void keepRunning() {
        while (!isClosing(Duration.ZERO)) {
            try {
                try (Admin admin = Admin.create(StreamsSettings.ofAdmin(settings))) {
                    Topics.ensure(admin, topics);
                }
                run();
            } catch (RuntimeException failed) {
                trouble = StageRunner.rootMessage(failed);
                LOG.atWarn()
                        .addKeyValue("application", applicationId)
                        .addKeyValue("reason", trouble)
                        .log("application failed; it will be started again");
                isClosing(AGAIN);
            }
        }
    }

    private void run() {
        try (RunningTopology running =
                new RunningTopology(topology.get(), StreamsSettings.of(settings, applicationId))) {
            while (!isClosing(WATCH)) {
                trouble = running.isRunning() ? "" : "starting";
            }
        }
    }

    private boolean isClosing(Duration wait) {
        try {
            return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Commits and stops within 12 s; state and offsets stay for the next start. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(Duration.ofSeconds(12));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
