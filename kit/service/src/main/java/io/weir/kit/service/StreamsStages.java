package io.weir.kit.service;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.weir.kit.contract.Schemas;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageStatus;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** Runs stages that are Kafka Streams applications from the service's start to its end. A service extends it as its own {@code @Singleton}. */
public abstract class StreamsStages implements Stages {

    private final List<? extends Stage> stages;
    private final Supplier<List<? extends Stage>> reload;
    private final StageRuntime runtime;

    /** @param stages what the files say: read at once, and again where one of them is to be rebuilt */
    protected StreamsStages(
            String service,
            StreamsServiceConfig config,
            Schemas schemas,
            MeterRegistry meters,
            Tracing tracing,
            Supplier<List<? extends Stage>> stages) {
        this.reload = stages;
        this.stages = stages.get();
        this.runtime =
                new StageRuntime(config.settings(service), schemas, meters, tracing.tracer(service), Clock.systemUTC());
    }

    void start(@Observes StartupEvent event) {
        runtime.start(stages, reload);
    }

    void stop(@Observes ShutdownEvent event) {
        runtime.close();
    }

    @Override
    public List<StageStatus> statuses() {
        return runtime.statuses();
    }
}
