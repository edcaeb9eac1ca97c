package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.NotPublishedYet;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.stream.StageStatus.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one stage running: waits for what it needs, starts it, and starts it again with backoff when it fails. */
final class StageRunner implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StageRunner.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(15);
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(200);
    /** How long a start takes at most if nothing is in its way. */
    private static final Duration LONG_START = Duration.ofSeconds(10);

    private static final Duration HANGING_INTERVAL = Duration.ofMinutes(1);

    /** A rebuild that somebody asked for: the stage as the files have it now. */
    private record Request(Stage stage, String fingerprint) {}

    private final StageSettings settings;
    private final StageContext context;
    private final StatusBoard board;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private volatile State state = State.WAITING;
    private volatile @Nullable String detail;
    /** As the files have it; after a rebuild another one. */
    private volatile Stage stage;

    private volatile @Nullable Stage rebuilt;
    private volatile @Nullable Request request;
    private volatile @Nullable RunningTopology serving;
    private volatile PlanLedger.@Nullable Entry known;
    private volatile boolean busy;
    private volatile @Nullable UUID run;
    private volatile long pauseUntilMs;
    private long lookForHangingAtMs;
    private final AtomicInteger restarts = new AtomicInteger();

    StageRunner(Stage stage, StageSettings settings, StageContext context, StatusBoard board) {
        this.stage = stage;
        this.board = board;
        this.settings = settings;
        this.context = context;
        this.thread = Thread.ofPlatform().name("stage-" + stage.id()).daemon().unstarted(this::keepRunning);
    }

    void start() {
        thread.start();
    }

    void pauseUntil(long untilMs) {
        pauseUntilMs = untilMs;
    }

    StageStatus status() {
        StageMeters meters = context.meters();
        return new StageStatus(
                stage.id().toString(),
                settings.service(),
                settings.instance(),
                stage.kind(),
                stage.inputTopics(),
                stage.output().name().topic(),
                state,
                detail,
                meters.rowsIn(),
                meters.rowsOut(),
                meters.rowsQuarantined(),
                meters.rowsStopped(),
                lag(),
                meters.freshnessMs(0.5),
                meters.freshnessMs(0.99),
                restarts.get(),
                context.clock().millis());
    }

    private void keepRunning() {
        Duration backoff = FIRST_BACKOFF;
        while (!isClosing()) {
            long startedAtMs = context.clock().millis();
            try {
                prepare(stage);
                runUntilFailedOrClosed();
            } catch (StageWaitException waiting) {
                become(State.WAITING, waiting.getMessage());
            } catch (RuntimeException failed) {
                LOG.atError()
                        .setCause(failed)
                        .addKeyValue("stage", stage.id())
                        .log("stage failed; it will be started again");
                become(State.FAILED, rootMessage(failed));
                restarts.incrementAndGet();
            }
            boolean ranWell = context.clock().millis() - startedAtMs > LONGEST_BACKOFF.toMillis();
            backoff = ranWell || state == State.WAITING ? FIRST_BACKOFF : longer(backoff);
            pause(backoff);
        }
        become(State.STOPPED, null);
    }

    /** Makes what is missing, and tells for what there is to wait. */
    void prepare(Stage which) {
        try (Admin admin = Admin.create(StreamsSettings.ofAdmin(settings))) {
            List<TopicSpec> own = ownTopics(which);
            own.add(TopicSpec.compacted(MeshTopics.PLANS, 1));
            Topics.ensure(admin, own);
            List<String> needed = new ArrayList<>(which.inputTopics());
            which.output()
                    .settings()
                    .relationships()
                    .forEach(to -> needed.add(to.to().topic()));
            List<String> missing = Topics.missing(admin, needed);
            if (!missing.isEmpty()) {
                throw new StageWaitException("waiting for topic " + String.join(", ", missing));
            }
            refuseOtherPartitions(admin, which);
        } catch (org.apache.kafka.common.KafkaException unanswered) {
            throw new StageWaitException(
                    "waiting for Kafka at %s: %s".formatted(settings.bootstrapServers(), rootMessage(unanswered)));
        }
    }

    /** Rows that belong together would pass each other by without a word. */
    private void refuseOtherPartitions(Admin admin, Stage which) {
        Map<String, Integer> declared = new HashMap<>(which.inputPartitions());
        declared.put(which.output().name().topic(), which.output().partitions());
        Map<String, Integer> found = Topics.partitions(admin, declared.keySet());
        declared.forEach((topic, partitions) -> {
            Integer actual = found.get(topic);
            if (actual == null) { // It was made this very moment, and not every broker has heard.
                throw new StageWaitException("waiting for topic " + topic);
            }
            if (!actual.equals(partitions)) {
                throw new StageWaitException(
                        "topic %s has %d partitions, its contract says %d: put the contract right, or give the product a new major version"
                                .formatted(topic, actual, partitions));
            }
        });
    }

    private void runUntilFailedOrClosed() {
        if (stage.fingerprint().isEmpty()) {
            serve(0);
            return;
        }
        PlanLedger ledger = new PlanLedger(settings.bootstrapServers(), settings.kafka());
        PlanLedger.Entry entry = ledger.admit(stage.id(), stage.fingerprint().get());
        Stage next = rebuilt;
        if (next != null && entry.rebuild() == null && hasPlan(next, entry.fingerprint())) {
            stage = next;
            rebuilt = null;
        }
        Request asked = request;
        if (asked != null) {
            request = null;
            entry = begin(asked, entry, ledger);
        }
        known = entry;
        if (entry.rebuild() != null) {
            busy = true;
            try (Rebuilding rebuilding = new Rebuilding(this, ledger, settings, context)) {
                rebuilding.follow(entry);
            } finally {
                busy = false;
            }
        } else if (hasPlan(stage, entry.fingerprint())) {
            serve(entry.generation());
        } else {
            throw PlanLedger.refusal(
                    entry, stage.fingerprint().orElse(""), stage.output().name().localName());
        }
    }

    private static boolean hasPlan(Stage which, String fingerprint) {
        return which.fingerprint().filter(fingerprint::equals).isPresent();
    }

    /** The entry after a request; as it was where the plan serves or is built already. */
    private PlanLedger.Entry begin(Request asked, PlanLedger.Entry entry, PlanLedger ledger) {
        PlanLedger.Rebuild under = entry.rebuild();
        if (under == null
                ? asked.fingerprint().equals(entry.fingerprint())
                : under.phase() == PlanLedger.Phase.WRITING
                        || under.fingerprint().equals(asked.fingerprint())) {
            return entry;
        }
        rebuilt = asked.stage();
        int next = 1 + (under == null ? entry.generation() : under.generation());
        PlanLedger.Entry begun = new PlanLedger.Entry(
                entry.fingerprint(),
                entry.generation(),
                new PlanLedger.Rebuild(asked.fingerprint(), next, PlanLedger.Phase.BUILDING));
        return ledger.change(stage.id(), entry, _ -> begun, _ -> {})
                ? begun
                : ledger.read(stage.id().toString()).orElse(entry);
    }

    /** Runs the stage until it fails, is closed or is to be rebuilt. */
    private void serve(int generation) {
        if (generation > 0) {
            try (Switchover leftOver = new Switchover(settings)) {
                leftOver.forgetBefore(stage.id().toString(), generation);
            } catch (org.apache.kafka.common.KafkaException later) {
                LOG.atWarn()
                        .addKeyValue("stage", stage.id())
                        .addKeyValue("reason", later.getMessage())
                        .log("former generations are left over; the next start deletes them");
            }
        }
        busy = true;
        try (RunningTopology running = open(stage, generation, context)) {
            serving = running;
            while (!isClosing() && request == null) {
                watch(running, null);
                pause(WATCH_INTERVAL);
            }
        } finally {
            serving = null;
            busy = false;
        }
    }

    /** Tells how the serving topology fares; a failure is thrown. */
    void watch(RunningTopology running, @Nullable String besides) {
        boolean runs = running.isRunning();
        long now = context.clock().millis();
        Optional<String> halted =
                board.halts().reason(stage.inputTopics(), stage.output().name().topic(), now);
        running.pause(halted.isPresent() || now < pauseUntilMs);
        become(
                running.isPaused() ? State.PAUSED : runs ? State.RUNNING : State.STARTING,
                halted.isPresent() ? halted.get() : besides);
        if (now >= lookForHangingAtMs) {
            HangingTransactions.abort(settings, running.applicationId(), writtenTopics());
            lookForHangingAtMs = now + (runs ? HANGING_INTERVAL : LONG_START).toMillis();
        }
    }

    private List<String> writtenTopics() {
        return ownTopics(stage).stream().map(TopicSpec::name).toList();
    }

    private static List<TopicSpec> ownTopics(Stage which) {
        List<TopicSpec> own = new ArrayList<>(which.ownTopics());
        own.add(TopicSpec.of(which.output()));
        own.add(TopicSpec.quarantineOf(which.output()));
        own.add(MeshTopics.observations());
        return own;
    }

    /** Starts a generation of a stage. */
    RunningTopology open(Stage which, int generation, StageContext where) {
        try {
            if (where.stagedTopic() == null) {
                become(State.STARTING, null);
                lookForHangingAtMs = context.clock().millis() + LONG_START.toMillis();
            }
            return new RunningTopology(
                    which.topology(where),
                    StreamsSettings.of(
                            settings,
                            PlanLedger.applicationId(which.id().toString(), generation),
                            which.readsBundles()));
        } catch (NotPublishedYet | RegistryUnavailable notReady) {
            throw new StageWaitException(rootMessage(notReady));
        }
    }

    /** The stage with this plan, as far as this process has it. */
    @Nullable
    Stage withPlan(String fingerprint) {
        Stage other = rebuilt;
        return other != null && hasPlan(other, fingerprint) ? other : hasPlan(stage, fingerprint) ? stage : null;
    }

    DataProduct output() {
        return stage.output();
    }

    void serving(@Nullable RunningTopology running) {
        serving = running;
    }

    /** Takes up a request; what serves goes on until it is switched. Nothing where the files give another plan, or this one serves already. */
    void rebuild(String fingerprint, Supplier<Optional<Stage>> reload) {
        PlanLedger.Entry entry = known;
        if (entry != null) {
            PlanLedger.Rebuild under = entry.rebuild();
            if (fingerprint.equals(under == null ? entry.fingerprint() : under.fingerprint())) {
                return;
            }
        }
        try {
            Optional<Stage> found = reload.get().filter(stage -> hasPlan(stage, fingerprint));
            if (found.isPresent()) {
                request = new Request(found.get(), fingerprint);
                return;
            }
            LOG.atWarn()
                    .addKeyValue("stage", stage.id())
                    .log("asked for a rebuild by a plan that the files do not give");
        } catch (RuntimeException wrong) {
            LOG.atWarn()
                    .addKeyValue("stage", stage.id())
                    .addKeyValue("reason", wrong.getMessage())
                    .log("asked for a rebuild, and the files have mistakes");
        }
    }

    boolean isAsked() {
        return request != null;
    }

    private long lag() {
        RunningTopology running = serving;
        return running == null ? -1 : running.lag();
    }

    void become(State next, @Nullable String why) {
        if (state != next || !java.util.Objects.equals(detail, why)) {
            LOG.atInfo()
                    .addKeyValue("stage", stage.id())
                    .addKeyValue("state", next.name().toLowerCase(Locale.ROOT))
                    .addKeyValue("detail", why == null ? "" : why)
                    .log("stage state");
            detail = why;
            state = next;
            tellLineage(next);
            board.tell();
        }
    }

    /** A run begins when the stage runs first, and ends when it fails or is stopped; a pause is part of it. */
    private void tellLineage(State now) {
        UUID current = run;
        switch (now) {
            case RUNNING -> {
                if (current == null) {
                    UUID begun = UUID.randomUUID();
                    run = begun;
                    tellLineage(LineageEvents.Type.START, begun);
                }
            }
            case FAILED, STOPPED -> {
                if (current != null) {
                    run = null;
                    tellLineage(now == State.FAILED ? LineageEvents.Type.FAIL : LineageEvents.Type.COMPLETE, current);
                }
            }
            case WAITING, STARTING, PAUSED -> {}
        }
    }

    private void tellLineage(LineageEvents.Type type, UUID of) {
        board.say(
                MeshTopics.LINEAGE,
                stage.id().toString(),
                new LineageEvents(stage, settings.bootstrapServers())
                        .event(type, of, context.clock().millis()));
    }

    boolean isClosing() {
        return closing.getCount() == 0;
    }

    void pause(Duration duration) {
        try {
            if (closing.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            closing.countDown();
            Thread.currentThread().interrupt();
        }
    }

    private static Duration longer(Duration backoff) {
        Duration doubled = backoff.multipliedBy(2);
        return doubled.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : doubled;
    }

    static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }

    @Override
    public void close() {
        closing.countDown();
        if (!busy) {
            // It waits for something that may not come; a running topology is left to commit and close.
            thread.interrupt();
        }
        try {
            thread.join(CLOSE_TIMEOUT.plusSeconds(1));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
