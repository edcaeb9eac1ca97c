package io.weir.kit.stream;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.weir.kit.stream.PlanLedger.Entry;
import io.weir.kit.stream.PlanLedger.Phase;
import io.weir.kit.stream.StageStatus.State;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stage while it is rebuilt: the generation that serves, the one that is built beside it, and the switch.
 *
 * <p>What to do follows from the stage's entry in the {@link PlanLedger} alone, so that it goes on wherever a process was killed, and several processes may do
 * it at once.
 */
final class Rebuilding implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Rebuilding.class);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final StageRunner runner;
    private final PlanLedger ledger;
    private final StageSettings settings;
    private final StageContext context;
    private final Switchover switchover;
    private final String stage;

    private @Nullable RunningTopology serving;
    private @Nullable RunningTopology building;
    /** While switching: what the new generation has to pass next, and how many times it has to pass its own repartition topics still. */
    private @Nullable Map<TopicPartition, Long> places;

    private int rounds;
    private @Nullable String trouble;
    private long retryAtMs;

    Rebuilding(StageRunner runner, PlanLedger ledger, StageSettings settings, StageContext context) {
        this.runner = runner;
        this.ledger = ledger;
        this.settings = settings;
        this.context = context;
        this.switchover = new Switchover(settings);
        this.stage = context.stage().toString();
    }

    /** Until the switch is done, the rebuild is replaced by another, or the runner closes. */
    void follow(Entry begun) {
        Entry entry = begun;
        long lookedAtMs = 0;
        String detail = "being rebuilt";
        while (!runner.isClosing() && !runner.isAsked()) {
            PlanLedger.Rebuild rebuild = entry.rebuild();
            if (rebuild == null || rebuild.generation() != generation(begun)) {
                return;
            }
            run(entry, rebuild);
            if (context.clock().millis() - lookedAtMs >= LOOK.toMillis()) {
                lookedAtMs = context.clock().millis();
                detail = step(entry, rebuild);
                entry = ledger.read(stage).orElse(entry);
            }
            RunningTopology runs = serving;
            if (runs != null) {
                runner.watch(runs, detail);
            } else {
                runner.become(State.WAITING, detail);
            }
            runner.pause(TICK);
        }
    }

    private static int generation(Entry entry) {
        return entry.rebuild() == null ? -1 : entry.rebuild().generation();
    }

    /** Starts and stops what the phase wants. */
    private void run(Entry entry, PlanLedger.Rebuild rebuild) {
        boolean servingWanted = rebuild.phase() == Phase.BUILDING;
        boolean buildingWanted = rebuild.phase() != Phase.WRITING;
        RunningTopology runs = serving;
        if (!servingWanted && runs != null) {
            runs.leave();
            serving = null;
            runner.serving(null);
        }
        RunningTopology built = building;
        if (!buildingWanted && built != null) {
            built.leave();
            building = null;
        }
        Stage old = runner.withPlan(entry.fingerprint());
        if (servingWanted && serving == null && old != null) {
            serving = runner.open(old, entry.generation(), context);
            runner.serving(serving);
        }
        Stage next = runner.withPlan(rebuild.fingerprint());
        if (buildingWanted && next != null) {
            keepBuilding(next, rebuild);
        }
    }

    /** A failure of what is built does not touch what serves. */
    private void keepBuilding(Stage next, PlanLedger.Rebuild rebuild) {
        RunningTopology built = building;
        try {
            if (built != null) {
                // Throws where it failed.
                var _ = built.isRunning();
            } else if (context.clock().millis() >= retryAtMs) {
                runner.prepare(next);
                building = runner.open(next, rebuild.generation(), staged(next, rebuild));
                trouble = null;
            }
        } catch (StageWaitException | IllegalStateException failed) {
            LOG.atWarn()
                    .addKeyValue("stage", stage)
                    .addKeyValue("reason", failed.getMessage())
                    .log("what is rebuilt failed; it is started again");
            trouble = failed.getMessage();
            retryAtMs = context.clock().millis() + RETRY.toMillis();
            if (built != null) {
                built.close();
                building = null;
            }
        }
    }

    private StageContext staged(Stage next, PlanLedger.Rebuild rebuild) {
        String topic = Switchover.stagedTopic(PlanLedger.applicationId(stage, rebuild.generation()));
        Map<String, Object> admins = new HashMap<>(settings.kafka());
        admins.put("bootstrap.servers", settings.bootstrapServers());
        try (Admin admin = Admin.create(admins)) {
            Topics.ensure(
                    admin, List.of(TopicSpec.compacted(topic, next.output().partitions())));
        }
        return context.staged(new StageMeters(context.stage(), new SimpleMeterRegistry(), context.clock()), topic);
    }

    /** Takes the next step where it can be taken; says how things stand. */
    private String step(Entry entry, PlanLedger.Rebuild rebuild) {
        String old = PlanLedger.applicationId(stage, entry.generation());
        String next = PlanLedger.applicationId(stage, rebuild.generation());
        try {
            return switch (rebuild.phase()) {
                case BUILDING -> build(entry, rebuild, next);
                case SWITCHING -> handOver(entry, old, next);
                case WRITING -> write(entry, old, next);
            };
        } catch (KafkaException later) {
            LOG.atWarn()
                    .addKeyValue("stage", stage)
                    .addKeyValue("phase", rebuild.phase())
                    .addKeyValue("reason", later.getMessage())
                    .log("a step of a rebuild is tried again");
            return "being rebuilt: tried again, %s".formatted(later.getMessage());
        }
    }

    private String build(Entry entry, PlanLedger.Rebuild rebuild, String next) {
        Stage built = runner.withPlan(rebuild.fingerprint());
        if (built == null) {
            return "a rebuild to plan %s is under way, and the files give another: ./weir rebuild again, or put the SQL back"
                    .formatted(rebuild.fingerprint());
        }
        long behind = switchover.behind(next, built.inputTopics());
        if (Switchover.isNear(behind)) {
            change(entry, Phase.SWITCHING);
        }
        return trouble == null
                ? "being rebuilt beside: %,d records behind".formatted(behind)
                : "the rebuild fails and is tried again: " + trouble;
    }

    private String handOver(Entry entry, String old, String next) {
        Stage built =
                runner.withPlan(entry.rebuild() == null ? "" : entry.rebuild().fingerprint());
        if (built == null) {
            return "a rebuild was about to switch, and the files give another plan: ./weir rebuild, or put the SQL back";
        }
        if (!switchover.hasStopped(old)) {
            return "rebuilt: the former generation stops";
        }
        Map<TopicPartition, Long> wanted = places;
        if (wanted == null) {
            wanted = new HashMap<>(switchover.committed(old));
            wanted.keySet().removeIf(partition -> !built.inputTopics().contains(partition.topic()));
            rounds = switchover.repartitionTopics(next);
        }
        while (switchover.hasPassed(next, wanted)) {
            if (rounds-- == 0) {
                places = null;
                change(entry, Phase.WRITING);
                return "rebuilt: the new generation stops";
            }
            wanted = switchover.repartitionEnds(next);
        }
        places = wanted;
        return "rebuilt: passing the place where the former generation stopped";
    }

    private String write(Entry entry, String old, String next) {
        PlanLedger.Rebuild rebuild = entry.rebuild();
        Stage any = runner.withPlan(rebuild == null ? "" : rebuild.fingerprint());
        var product = Optional.ofNullable(any).map(Stage::output).orElseGet(runner::output);
        String staged = Switchover.stagedTopic(next);
        if (rebuild == null
                || !switchover.hasStopped(old)
                || !switchover.hasStopped(next)
                || !switchover.isSettled(List.of(product.name().topic(), staged))) {
            return "rebuilt: waiting until both generations stand still";
        }
        long[] rows = {0};
        boolean done = ledger.change(
                context.stage(),
                entry,
                _ -> new Entry(rebuild.fingerprint(), rebuild.generation(), null),
                producer -> rows[0] = switchover.write(producer, product, staged, context.stage(), context.clock()));
        if (done) {
            LOG.atInfo()
                    .addKeyValue("stage", stage)
                    .addKeyValue("generation", rebuild.generation())
                    .addKeyValue("rows", rows[0])
                    .log("rebuilt, and switched");
        }
        return "rebuilt: switched";
    }

    private void change(Entry entry, Phase phase) {
        // Where another process was first, the entry says so at the next look.
        var _ = ledger.change(context.stage(), entry, now -> now.in(phase), _ -> {});
    }

    /** Where the process stops or something failed. Both leave their groups: the switch need not wait until a member that is gone is given up. */
    @Override
    public void close() {
        try {
            if (serving != null) {
                serving.leave();
            }
            if (building != null) {
                building.leave();
            }
        } finally {
            runner.serving(null);
            switchover.close();
        }
    }
}
