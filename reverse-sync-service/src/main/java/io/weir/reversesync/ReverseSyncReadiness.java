package io.weir.reversesync;

import io.weir.kit.stream.StageStatus;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when every sync runs (or is paused on request); the answer names each sync's state and what it waits for. */
@Readiness
@Singleton
class ReverseSyncReadiness implements HealthCheck {

    private final ReverseSyncService service;

    ReverseSyncReadiness(ReverseSyncService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("stages").up();
        for (StageStatus status : service.statuses()) {
            String detail = status.detail();
            response.withData(status.stage(), detail == null ? status.state().name() : status.state() + ": " + detail);
            switch (status.state()) {
                case RUNNING, PAUSED -> {}
                case WAITING, STARTING, FAILED, STOPPED -> response.down();
            }
        }
        return response.build();
    }
}
