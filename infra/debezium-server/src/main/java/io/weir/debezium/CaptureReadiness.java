package io.weir.debezium;

import io.debezium.server.events.ConnectorCompletedEvent;
import io.debezium.server.events.PollingStartedEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready while the connector is connected and asked for changes; its first snapshot may still run. */
@Readiness
@ApplicationScoped
public class CaptureReadiness implements HealthCheck {

    private volatile boolean polling;

    void started(@Observes PollingStartedEvent event) {
        polling = true;
    }

    void ended(@Observes ConnectorCompletedEvent event) {
        polling = false;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("capture").status(polling).build();
    }
}
