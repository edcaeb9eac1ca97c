package io.weir.kit.service;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The service's tracer, where {@code quarkus.otel.sdk.disabled} is false. */
@Singleton
public class Tracing {

    private final OpenTelemetry telemetry;
    private final boolean off;

    Tracing(
            OpenTelemetry telemetry,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean off) {
        this.telemetry = telemetry;
        this.off = off;
    }

    /** Null where nothing is exported. */
    public @Nullable Tracer tracer(String service) {
        return off ? null : telemetry.getTracer("io.weir." + service);
    }
}
