package io.weir.reversesync;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The configuration of reverse-sync-service. */
@ConfigMapping(prefix = "weir")
public interface ReverseSyncConfig {

    /** The domain's folder: domain.yaml, contracts/, syncs/. */
    Path domain();

    /** Kafka, {@code host:port[,host:port]}. */
    @WithName("kafka.bootstrap-servers")
    @WithDefault("${kafka.bootstrap.servers:localhost:19092}")
    String bootstrapServers();

    /** Further settings of the Kafka clients, security among them, by their own names. */
    @WithName("kafka.client")
    Map<String, String> kafka();

    /** The registry's API, version 3. */
    @WithName("registry.url")
    @WithDefault("http://localhost:18080/apis/registry/v3")
    URI registry();

    /** Where state would live; a sync keeps none here, its fence is in the destination. */
    @WithName("state.dir")
    @WithDefault(".weir/data/reverse-sync")
    Path stateDirectory();

    /** Most changes in one transaction of the destination. */
    @WithDefault("2000")
    int batchRows();

    /** The wait before the first new try where a destination does not answer; it doubles with each try. */
    @WithDefault("200ms")
    Duration firstBackoff();

    /** The longest wait between two tries. */
    @WithDefault("15s")
    Duration longestBackoff();

    /** How often a sync with {@code mode: mirror} removes rows that the product does not hold; the first time as soon as it has caught up. */
    @WithDefault("10m")
    Duration mirrorInterval();

    /** Names this process in the status and in Kafka's groups: another for each process, the same after a restart. */
    @WithDefault("${HOSTNAME:local}")
    String instance();
}
