package io.weir.feature;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The configuration of feature-service. */
@ConfigMapping(prefix = "weir")
public interface FeatureConfig {

    /** The domain's folder: domain.yaml, contracts/, gold/. */
    Path domain();

    /** Kafka, {@code host:port[,host:port]}. */
    @WithName("kafka.bootstrap-servers")
    @WithDefault("${kafka.bootstrap.servers:localhost:19092}")
    String bootstrapServers();

    /** Further settings of the Kafka clients and of Kafka Streams, security among them, by their own names. */
    @WithName("kafka.client")
    Map<String, String> kafka();

    /** The registry's API, version 3. */
    @WithName("registry.url")
    @WithDefault("http://localhost:18080/apis/registry/v3")
    URI registry();

    /** Where state stores live; what is lost here is rebuilt from changelog topics. */
    @WithName("state.dir")
    @WithDefault(".weir/data/feature")
    Path stateDirectory();

    /** The latency dial: how long a busy stage gathers changes in one transaction; a quiet one commits after an eighth of it. */
    @WithDefault("200ms")
    Duration commitInterval();

    /** Stream threads per model. */
    @WithDefault("1")
    int threads();

    /** What this process is called in the stages' status. */
    @WithDefault("${HOSTNAME:local}")
    String instance();
}
