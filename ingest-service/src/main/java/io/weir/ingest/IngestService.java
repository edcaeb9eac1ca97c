package io.weir.ingest;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Runs one stage for each captured table and each pushed product of a domain. A domain with mistakes stops the start with all of them. */
@Singleton
public class IngestService {

    private final Schemas schemas;
    private final IngestStages stages;
    private final StageRuntime runtime;

    IngestService(
            IngestConfig config,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean tracingOff) {
        schemas = new RegistrySchemas(config.registry());
        stages = stages(config);
        runtime = new StageRuntime(
                new StageSettings(
                        IngestStages.SERVICE,
                        config.instance(),
                        config.bootstrapServers(),
                        config.stateDirectory(),
                        config.commitInterval(),
                        config.threads(),
                        config.kafka()),
                schemas,
                meters,
                tracingOff ? null : telemetry.getTracer("io.weir." + IngestStages.SERVICE),
                Clock.systemUTC());
    }

    /** A user's mistake is told without a stack trace: Quarkus prints the message of this exception only. */
    private static IngestStages stages(IngestConfig config) {
        try {
            return IngestStages.of(
                    DomainFolder.load(config.domain(), System::getenv),
                    config.push().rememberOperations());
        } catch (ProblemsException mistakes) {
            throw new ConfigurationException("weir.domain is %s, which cannot be used until this is mended:%n%s"
                    .formatted(config.domain(), mistakes.getMessage()));
        }
    }

    @Startup
    void start() {
        runtime.start(stages.stages());
    }

    @Shutdown
    void stop() {
        runtime.close();
    }

    Schemas schemas() {
        return schemas;
    }

    PushedProducts pushedProducts() {
        return stages.pushed();
    }

    List<StageStatus> statuses() {
        return runtime.statuses();
    }
}
