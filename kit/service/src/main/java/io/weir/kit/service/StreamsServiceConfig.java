package io.weir.kit.service;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import io.weir.kit.stream.BoundedRocksDb;
import io.weir.kit.stream.StageSettings;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

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

    /** MiB that all state stores of the service may take together, beside the heap; what is in use and does not fit is read from the files again and again. */
    @WithName("state.memory-mib")
    @WithDefault("48")
    int stateMemoryMib();

    /** All of this, for the stages of a service. */
    default StageSettings settings(String service) {
        Map<String, String> streams = new HashMap<>(kafka());
        streams.put(BoundedRocksDb.MEMORY_MIB, Integer.toString(stateMemoryMib()));
        return new StageSettings(
                service,
                instance(),
                bootstrapServers(),
                stateDirectory(),
                commitInterval(),
                threads(),
                observeEvery(),
                streams);
    }
}
