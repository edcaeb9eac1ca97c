package io.weir.reversesync;

import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import io.quarkus.runtime.Shutdown;
import io.quarkus.runtime.Startup;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.RegistrySchemas;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Sync;
import io.weir.kit.service.Domains;
import io.weir.kit.service.Stages;
import io.weir.kit.service.Tracing;
import io.weir.kit.stream.Control;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageTracing;
import io.weir.kit.stream.StatusBoard;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one stage for each of the domain's syncs that its product's owner has approved; the others are refused, visibly. */
@Singleton
public class ReverseSyncService implements Stages {

    static final String NAME = "reverse-sync";

    private static final Logger LOG = LoggerFactory.getLogger(ReverseSyncService.class);

    private final StageSettings settings;
    private final Clock clock = Clock.systemUTC();
    private final List<SyncStage> stages = new ArrayList<>();
    private final List<RefusedSync> refused = new ArrayList<>();
    private final StatusBoard board;

    ReverseSyncService(ReverseSyncConfig config, MeterRegistry meters, Tracing tracing) {
        Domain domain = Domains.read(config.domain(), read -> read);
        settings = new StageSettings(
                NAME,
                config.instance(),
                config.bootstrapServers(),
                config.stateDirectory(),
                Duration.ofMillis(100),
                1,
                config.kafka());
        Tracer tracer = tracing.tracer(NAME);
        Schemas schemas = new RegistrySchemas(config.registry());
        for (Sync sync : domain.syncs()) {
            Optional<DataProduct> product =
                    Optional.ofNullable(domain.products().get(sync.from()));
            List<String> refusals = SyncApproval.refusals(sync, product);
            if (product.isPresent() && refusals.isEmpty()) {
                stages.add(new SyncStage(sync, product.get(), around(sync, config, schemas, meters, tracer)));
            } else {
                refused.add(new RefusedSync(sync, refusals));
            }
        }
        board = new StatusBoard(settings, clock, this::statuses, this::control);
        stages.forEach(stage -> stage.join(board));
    }

    private SyncStage.Surroundings around(
            Sync sync, ReverseSyncConfig config, Schemas schemas, MeterRegistry meters, @Nullable Tracer tracer) {
        StageId id = SyncStage.idOf(sync);
        return new SyncStage.Surroundings(
                settings,
                schemas,
                new StageMeters(id, meters, clock),
                new StageTracing(id, tracer),
                clock,
                RandomGenerator.getDefault(),
                new Passwords(System.getenv()),
                config.batchRows(),
                config.firstBackoff(),
                config.longestBackoff(),
                config.mirrorInterval());
    }

    @Startup
    void start() {
        refused.forEach(sync -> LOG.atError()
                .addKeyValue("sync", sync.sync().name())
                .addKeyValue("detail", sync.detail())
                .log("sync refused"));
        stages.forEach(SyncStage::start);
        board.start();
    }

    @Shutdown
    void stop() {
        stages.parallelStream().forEach(SyncStage::close);
        board.close();
    }

    private void control(Control control) {
        if (control.service().equals(NAME)) {
            stages.forEach(stage -> stage.pauseUntil(control.pauseUntilMs()));
        }
    }

    boolean isAlive() {
        return stages.stream().allMatch(SyncStage::isAlive);
    }

    @Override
    public List<StageStatus> statuses() {
        return Stream.concat(
                        stages.stream().map(SyncStage::status),
                        refused.stream().map(sync -> sync.status(settings, clock.millis())))
                .toList();
    }
}
