package io.weir.kit.service;

import io.weir.kit.stream.StageStatus;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when every stage runs (or is paused on request); the answer names each stage's state and what it waits for. */
@Readiness
@Singleton
public class StagesReadiness implements HealthCheck {

    private final Stages stages;

    StagesReadiness(Stages stages) {
        this.stages = stages;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("stages").up();
        for (StageStatus status : stages.statuses()) {
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
