package io.weir.kit.service;

import io.smallrye.config.WithDefault;
import io.weir.kit.stream.StageSettings;
import java.time.Duration;

/** What a service is told whose stages are Kafka Streams applications. */
public interface StreamsServiceConfig extends StageServiceConfig {

    /** The latency dial: how long a busy stage gathers changes in one transaction; a quiet one commits after an eighth of it. */
    @WithDefault("200ms")
    Duration commitInterval();

    /** Stream threads per stage; more than the input topics have partitions are of no use. */
    @WithDefault("1")
    int threads();

    /** How often a stage says what it wrote, on {@code weir.observations}: contract-service judges promises by it. {@code 0s} for never. */
    @WithDefault("10s")
    Duration observeEvery();

    /** All of this, for the stages of a service. */
    default StageSettings settings(String service) {
        return new StageSettings(
                service,
                instance(),
                bootstrapServers(),
                stateDirectory(),
                commitInterval(),
                threads(),
                observeEvery(),
                kafka());
    }
}
