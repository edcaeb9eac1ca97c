package io.weir.kit.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * How a service runs its stages.
 *
 * @param service the first word of each stage's id: {@code ingest}, {@code conform} ...
 * @param instance this process, for the status: host and port, say
 * @param bootstrapServers Kafka, {@code host:port[,host:port]}
 * @param stateDirectory where state stores live
 * @param commitInterval the latency dial: how long a busy stage gathers changes in one transaction; see {@link CommitPace}
 * @param threads stream threads per stage
 * @param observeEvery how often a stage says what it wrote, on {@link MeshTopics#OBSERVATIONS}; zero for never
 * @param kafka further Kafka client and Streams settings, security among them; they win over Weir's own
 */
public record StageSettings(
        String service,
        String instance,
        String bootstrapServers,
        Path stateDirectory,
        Duration commitInterval,
        int threads,
        Duration observeEvery,
        Map<String, String> kafka) {

    /** Every 10 s. */
    private static final Duration OBSERVE_EVERY = Duration.ofSeconds(10);

    /** With the usual interval of observations. */
    public StageSettings(
            String service,
            String instance,
            String bootstrapServers,
            Path stateDirectory,
            Duration commitInterval,
            int threads,
            Map<String, String> kafka) {
        this(service, instance, bootstrapServers, stateDirectory, commitInterval, threads, OBSERVE_EVERY, kafka);
    }

    public StageSettings {
        kafka = Map.copyOf(kafka);
        if (threads < 1) {
            throw new IllegalArgumentException("weir.threads is %d; it must be at least 1".formatted(threads));
        }
        if (commitInterval.isNegative() || commitInterval.isZero()) {
            throw new IllegalArgumentException(
                    "weir.commit-interval is %s; it must be above zero, 200ms for example".formatted(commitInterval));
        }
    }
}
