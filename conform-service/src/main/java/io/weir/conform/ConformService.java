package io.weir.conform;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.DomainFolder;
import io.weir.kit.contract.Layer;
import io.weir.kit.contract.ProblemsException;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.sql.ModelStage;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Plans the domain's silver models and runs one stage for each. A domain with mistakes stops the start with all of them. */
@Singleton
public class ConformService {

    static final String NAME = "conform";

    private final StageRuntime runtime;
    private final List<ModelStage> stages;

    ConformService(
            ConformConfig config,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            @ConfigProperty(name = "quarkus.otel.sdk.disabled", defaultValue = "true") boolean tracingOff) {
        stages = plan(config.domain());
        runtime = new StageRuntime(
                new StageSettings(
                        NAME,
                        config.instance(),
                        config.bootstrapServers(),
                        config.stateDirectory(),
                        config.commitInterval(),
                        config.threads(),
                        config.kafka()),
                new RegistrySchemas(config.registry()),
                meters,
                tracingOff ? null : telemetry.getTracer("io.weir." + NAME),
                Clock.systemUTC());
    }

    /** Without the cause: a user's mistake is told by its place, not by a stack trace. */
    private static List<ModelStage> plan(Path folder) {
        try {
            Domain domain = DomainFolder.load(folder, System::getenv);
            return domain.models(Layer.SILVER).stream()
                    .map(model -> ModelStage.plan(NAME, model, domain))
                    .toList();
        } catch (ProblemsException problems) {
            throw new ConfigurationException(problems.getMessage());
        }
    }

    @Startup
    void start() {
        runtime.start(stages);
    }

    @Shutdown
    void stop() {
        runtime.close();
    }

    List<StageStatus> statuses() {
        return runtime.statuses();
    }
}
