package io.weir.ingest;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.weir.kit.service.StreamsServiceConfig;
import java.time.Duration;

/** The configuration of ingest-service. */
@ConfigMapping(prefix = "weir")
public interface IngestConfig extends StreamsServiceConfig {

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
