package io.weir.benchmarks.comparison;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.InMemorySchemas;
import io.weir.kit.sql.ModelStage;
import io.weir.kit.sql.ModelTopology;
import io.weir.kit.sql.SqlPlanner;
import io.weir.kit.stream.Stage;
import io.weir.kit.stream.StageContext;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageRuntime;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.Topology;

/** A model as a service runs it: the stage runtime with its gate, headers, meters and settings. */
final class WeirJob implements Job {

    private static final String SERVICE = "bench";

    /** A service's default. */
    private static final Duration OBSERVE_EVERY = Duration.ofSeconds(10);

    private final StageRuntime runtime;

    private WeirJob(StageRuntime runtime) {
        this.runtime = runtime;
    }

    static WeirJob start(Task task) throws InterruptedException {
        Workload workload = Workloads.of(task.workload());
        Domain domain = workload.domain(task.run());
        Stage stage = ModelStage.plan(SERVICE, workload.model(task.run()), domain);
        if (task.engine() == Engine.WEIR_MEMORY) {
            stage = new InMemory(stage, workload.model(task.run()), domain);
        }
        StageRuntime runtime = new StageRuntime(
                new StageSettings(
                        SERVICE,
                        "worker",
                        task.bootstrapServers(),
                        Path.of(task.stateDirectory()),
                        Duration.ofMillis(task.commitMs()),
                        task.threads(),
                        task.engine() == Engine.WEIR_UNOBSERVED ? Duration.ZERO : OBSERVE_EVERY,
                        Map.of()),
                InMemorySchemas.of(domain.products().values()),
                new SimpleMeterRegistry(),
                null,
                Clock.systemUTC());
        runtime.start(List.of(stage));
        StageStatus status = runtime.statuses().getFirst();
        while (status.state() != StageStatus.State.RUNNING) {
            if (status.state() == StageStatus.State.FAILED) {
                runtime.close();
                throw new IllegalStateException(String.valueOf(status.detail()));
            }
            Thread.sleep(50);
            status = runtime.statuses().getFirst();
        }
        return new WeirJob(runtime);
    }

    @Override
    public void close() {
        runtime.close();
    }

    /** The stage with its stores in memory, which no service is configured for. */
    private record InMemory(Stage stage, io.weir.kit.contract.Model model, Domain domain) implements Stage {
        @Override
        public StageId id() {
            return stage.id();
        }

        @Override
        public String kind() {
            return stage.kind();
        }

        @Override
        public List<String> inputTopics() {
            return stage.inputTopics();
        }

        @Override
        public DataProduct output() {
            return stage.output();
        }

        @Override
        public Optional<String> fingerprint() {
            return stage.fingerprint();
        }

        @Override
        public boolean readsBundles() {
            return stage.readsBundles();
        }

        @Override
        public Topology topology(StageContext context) {
            return ModelTopology.build(SqlPlanner.plan(model, domain), context, ModelTopology.StateKind.MEMORY);
        }
    }
}
