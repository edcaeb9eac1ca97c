package io.weir.kit.stream;

import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;

/** One started Kafka Streams application of a stage. */
final class RunningTopology implements AutoCloseable {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

    private final String applicationId;
    private final KafkaStreams streams;
    private volatile @Nullable Throwable failure;
    private boolean paused;

    RunningTopology(Topology topology, Properties settings) {
        applicationId = settings.getProperty(StreamsConfig.APPLICATION_ID_CONFIG);
        streams = new KafkaStreams(topology, settings, new QueuedProducer.Clients());
        streams.setUncaughtExceptionHandler(thrown -> {
            failure = thrown;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
    }

    String applicationId() {
        return applicationId;
    }

    /** Whether it takes in records; an {@link IllegalStateException} where it has stopped by itself. */
    boolean isRunning() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new IllegalStateException(StageRunner.rootMessage(thrown), thrown);
        }
        KafkaStreams.State now = streams.state();
        if (now.hasCompletedShutdown() || now == KafkaStreams.State.PENDING_ERROR) {
            throw new IllegalStateException("Kafka Streams stopped in state " + now);
        }
        return now == KafkaStreams.State.RUNNING;
    }

    void pause(boolean wanted) {
        if (wanted != paused) {
            if (wanted) {
                streams.pause();
            } else {
                streams.resume();
            }
            paused = wanted;
        }
    }

    boolean isPaused() {
        return paused;
    }

    /** Records not read yet, summed over the fetched partitions; the repartition topics are among them. */
    long lag() {
        double lag = -1;
        for (var metric : streams.metrics().entrySet()) {
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

    /** Commits and stops for good: nobody waits for its return. */
    void leave() {
        streams.close(CloseOptions.timeout(CLOSE_TIMEOUT)
                .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
    }

    @Override
    public void close() {
        streams.close(CLOSE_TIMEOUT);
    }
}
