package io.weir.kit.service;

import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** What every service is told that runs stages; its own {@code @ConfigMapping(prefix = "weir")} extends this. */
public interface StageServiceConfig {

    /** The domain's folder: domain.yaml, contracts/ and what the service reads beside them. */
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
    @WithDefault(".weir/data/${quarkus.application.name}")
    Path stateDirectory();

    /** Names this process in the stages' status and in Kafka's groups: another for each process, the same after a restart. */
    @WithDefault("${HOSTNAME:local}")
    String instance();
}
