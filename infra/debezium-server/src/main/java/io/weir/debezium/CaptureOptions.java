package io.weir.debezium;

import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this server is told; everything else is derived from the domain folder.
 *
 * @param domain {@code weir.domain}: the domain folder
 * @param source {@code weir.source}: the name of the source whose database is captured
 * @param bootstrapServers {@code kafka.bootstrap.servers}
 * @param registryUrl {@code weir.registry.url}: the registry's REST API, version 3
 * @param standstill {@code weir.capture.standstill}: how long nothing may come out of a database that goes on before capture ends to begin
 *     again; ISO 8601, one minute unless told
 */
record CaptureOptions(Path domain, String source, String bootstrapServers, String registryUrl, Duration standstill) {

    static final String DOMAIN = "weir.domain";
    static final String SOURCE = "weir.source";
    static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";
    static final String REGISTRY_URL = "weir.registry.url";
    static final String STANDSTILL = "weir.capture.standstill";

    /** @throws CaptureException where one is missing or wrong */
    static CaptureOptions of(Function<String, @Nullable String> property) {
        return new CaptureOptions(
                Path.of(required(property, DOMAIN, "the domain folder, such as examples/jaffle-shop")),
                required(property, SOURCE, "the name of a source in it, such as shop"),
                required(property, BOOTSTRAP_SERVERS, "such as 127.0.0.1:19092"),
                required(property, REGISTRY_URL, "such as http://127.0.0.1:18080/apis/registry/v3"),
                duration(property.apply(STANDSTILL)));
    }

    /** The API that Debezium's converter speaks. */
    String registryV2Url() {
        return registryUrl.replaceFirst("/v3/?$", "/v2");
    }

    private static Duration duration(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return Duration.ofMinutes(1);
        }
        try {
            Duration duration = Duration.parse(value);
            if (duration.isPositive()) {
                return duration;
            }
        } catch (DateTimeParseException notOne) {
            // Said below.
        }
        throw new CaptureException(
                "%s=%s is not a positive duration such as PT1M (one minute).".formatted(STANDSTILL, value));
    }

    private static String required(Function<String, @Nullable String> property, String name, String what) {
        String value = property.apply(name);
        if (value == null || value.isBlank()) {
            throw new CaptureException("%s is not set: %s. Pass it as -D%s=...".formatted(name, what, name));
        }
        return value;
    }
}
