package io.weir.contract;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when Kafka can be read. */
@Readiness
@Singleton
class MeshReadiness implements HealthCheck {

    private final MeshFollower mesh;

    MeshReadiness(MeshFollower mesh) {
        this.mesh = mesh;
    }

    @Override
    public HealthCheckResponse call() {
        String trouble = mesh.trouble();
        var response = HealthCheckResponse.named("mesh").status(trouble.isEmpty());
        return (trouble.isEmpty() ? response : response.withData("reason", trouble)).build();
    }
}
