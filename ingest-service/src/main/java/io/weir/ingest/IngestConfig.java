package io.weir.ingest;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The configuration of ingest-service. */
@ConfigMapping(prefix = "weir")
public interface IngestConfig {

    /** The domain's folder: domain.yaml, contracts/, sources/. */
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
    @WithDefault(".weir/data/ingest")
    Path stateDirectory();

    /** The latency dial: how long a busy stage gathers changes in one transaction; a quiet one commits after an eighth of it. */
    @WithDefault("200ms")
    Duration commitInterval();

    /** Stream threads per stage. A change topic has one partition, so more than one is of no use. */
    @WithDefault("1")
    int threads();

    /** What this process is called in the stages' status. */
    @WithDefault("${HOSTNAME:local}")
    String instance();

    /** Pushes over HTTP. */
    Push push();

    /** Limits of what the HTTP side takes in. */
    interface Push {

        /** Most changes in one request; a request with more gets 413. The most bytes are {@code quarkus.http.limits.max-body-size}. */
        @WithDefault("1000")
        int maxRows();

        /** Most requests at a time; one more gets 429. */
        @WithDefault("64")
        int maxInFlight();

        /** How long a request waits to hear what became of its changes; after that it is answered with 202 and {@code pending}. */
        @WithDefault("5s")
        Duration outcomeTimeout();

        /** How long an operation id is remembered: the same id within this time changes nothing. */
        @WithDefault("7d")
        Duration rememberOperations();
    }
}
