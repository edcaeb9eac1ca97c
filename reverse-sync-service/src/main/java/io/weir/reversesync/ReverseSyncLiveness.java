package io.weir.reversesync;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while every sync has its thread; a process that has lost one is to be started again. */
@Liveness
@Singleton
class ReverseSyncLiveness implements HealthCheck {

    private final ReverseSyncService service;

    ReverseSyncLiveness(ReverseSyncService service) {
        this.service = service;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("threads").status(service.isAlive()).build();
    }
}
