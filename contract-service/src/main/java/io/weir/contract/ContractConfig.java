package io.weir.contract;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The configuration of contract-service. */
@ConfigMapping(prefix = "weir")
public interface ContractConfig {

    /** The folders of the domains whose contracts this service publishes, with commas between them. */
    List<Path> domain();

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

    /** How long to wait before the registry is tried again; doubled each time, up to {@link #retryMost()}. */
    @WithDefault("500ms")
    Duration retryFirst();

    /** The longest wait between two tries. */
    @WithDefault("15s")
    Duration retryMost();
}
