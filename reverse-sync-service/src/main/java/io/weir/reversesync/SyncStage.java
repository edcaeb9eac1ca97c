package io.weir.reversesync;

import io.weir.kit.contract.Connection;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.NotPublishedYet;
import io.weir.kit.contract.RegistryUnavailable;
import io.weir.kit.contract.Schemas;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.Halts;
import io.weir.kit.stream.ReasonCode;
import io.weir.kit.stream.StageId;
import io.weir.kit.stream.StageMeters;
import io.weir.kit.stream.StageSettings;
import io.weir.kit.stream.StageStatus;
import io.weir.kit.stream.StageStatus.State;
import io.weir.kit.stream.StageTracing;
import io.weir.kit.stream.StageWaitException;
import io.weir.kit.stream.StatusBoard;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one sync: reads the product's topic, writes batches into the destination, then moves its offsets. One thread, from {@link #start()} to {@link #close()}.
 *
 * <p>Order of a batch: destination commits (rows and fence), then Kafka commits (outcomes, quarantine, offsets). A death in between is healed by the fence.
 * While the destination does not answer, the batch stays in hand, the consumer stays in its group, paused, and the status says why.
 */
final class SyncStage implements AutoCloseable {

    /** What a sync needs beside its own files. */
    record Surroundings(
            StageSettings settings,
            Schemas schemas,
            StageMeters meters,
            StageTracing tracing,
            Clock clock,
            RandomGenerator random,
            Passwords passwords,
            int batchRows,
            Duration firstBackoff,
            Duration longestBackoff,
            Duration mirrorInterval) {}

    private static final Logger LOG = LoggerFactory.getLogger(SyncStage.class);
    private static final Duration POLL = Duration.ofMillis(100);
    /** Between two looks at what is not there yet: it costs little, and the mesh is to start quickly. */
    private static final Duration WAIT = Duration.ofMillis(500);

    /** A session that nothing was written on for so long is asked whether it still lives: the status is to be true without traffic too. */
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(2);

    private static final String CONNECTION_FAILURE = "08006";
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final Sync sync;
    private final DataProduct product;
    private final Target target;
    private final StageId id;
    private final Surroundings around;
    private final SyncClients clients;
    private final Backoff backoff;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread;

    private volatile State state = State.STARTING;
    private volatile @Nullable String detail;
    private volatile long lag = -1;
    private volatile long pauseUntilMs;
    private volatile Halts halts = new Halts();
    private volatile Runnable changed = () -> {};
    private final AtomicInteger restarts = new AtomicInteger();

    /** The sync must have passed {@link SyncApproval}. */
    SyncStage(Sync sync, DataProduct product, Surroundings around) {
        this.sync = sync;
        this.product = product;
        this.target = Target.of(sync, product);
        this.id = idOf(sync);
        this.around = around;
        this.clients = new SyncClients(id, around.settings(), around.batchRows());
        this.backoff = new Backoff(around.firstBackoff(), around.longestBackoff(), around.random());
        this.thread = Thread.ofPlatform().name("sync-" + id).daemon().unstarted(this::keepRunning);
    }

    static StageId idOf(Sync sync) {
        return new StageId(
                "reverse-sync", sync.domain(), sync.name(), sync.from().major());
    }

    static String destinationOf(Sync sync) {
        return "%s:%s".formatted(sync.to().database(), sync.table());
    }

    void start() {
        thread.start();
    }

    /** Whether its thread runs; only an error of the machine ends it before {@link #close()}. */
    boolean isAlive() {
        return thread.isAlive();
    }

    /** Stops taking in changes until then, ms since the epoch. */
    void pauseUntil(long untilMs) {
        pauseUntilMs = untilMs;
    }

    /** Stands still while a contract halts the product, and lets the board know when its state changes. */
    void join(StatusBoard board) {
        halts = board.halts();
        changed = board::tell;
    }

    StageStatus status() {
        StageMeters meters = around.meters();
        return new StageStatus(
                id.toString(),
                around.settings().service(),
                around.settings().instance(),
                "sync",
                List.of(sync.from().topic()),
                destinationOf(sync),
                state,
                detail,
                meters.rowsIn(),
                meters.rowsOut(),
                meters.rowsQuarantined(),
                meters.rowsStopped(),
                lag,
                meters.freshnessMs(0.5),
                meters.freshnessMs(0.99),
                restarts.get(),
                around.clock().millis());
    }

    private void keepRunning() {
        while (!isClosing()) {
            try {
                new Run(clients.prepare(sync, product)).loop();
            } catch (StageWaitException | NotPublishedYet | RegistryUnavailable waiting) {
                become(State.WAITING, waiting.getMessage());
                waitFor(WAIT);
                continue;
            } catch (KafkaException unanswered) {
                restarts.incrementAndGet();
                LOG.atWarn()
                        .addKeyValue("stage", id)
                        .addKeyValue("reason", unanswered.toString())
                        .log("Kafka failed; the sync begins again at its offsets");
                become(
                        State.WAITING,
                        "waiting for Kafka at %s: %s"
                                .formatted(around.settings().bootstrapServers(), unanswered.getMessage()));
            } catch (RuntimeException failed) {
                restarts.incrementAndGet();
                LOG.atError().setCause(failed).addKeyValue("stage", id).log("sync failed; it will be started again");
                become(State.FAILED, failed.toString());
            }
            if (!isClosing()) {
                waitFor(backoff.next());
            }
        }
        become(State.STOPPED, null);
    }

    /** One life of the sync's clients: from joining the group to the first failure of Kafka. */
    private final class Run implements ConsumerRebalanceListener {

        private final String epoch;
        private final java.util.UUID topicId;
        private final ChangeReader reader = new ChangeReader(product, id, around.schemas());
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final List<ChangeReader.Read> inHand = new ArrayList<>();
        private @Nullable PostgresDestination destination;
        private boolean idle;
        private long usedAtMs;
        private long mirroredAtMs;

        Run(java.util.UUID topicId) {
            this.topicId = topicId;
            this.epoch = topicId + "/" + target.shape();
            this.consumer = clients.consumer();
        }

        void loop() {
            try (consumer;
                    KafkaProducer<byte[], byte[]> producer = clients.producer()) {
                producer.initTransactions();
                OutcomeLog outcomes = new OutcomeLog(producer, id, around.tracing(), sync, destinationOf(sync));
                consumer.subscribe(List.of(sync.from().topic()), this);
                while (!isClosing()) {
                    step(outcomes);
                }
            } finally {
                disconnect();
            }
        }

        private void step(OutcomeLog outcomes) {
            long now = around.clock().millis();
            String halted = halts.reason(List.of(sync.from().topic()), destinationOf(sync), now)
                    .orElse(null);
            boolean paused = halted != null || now < pauseUntilMs;
            rest(paused || !inHand.isEmpty());
            poll(POLL);
            try {
                PostgresDestination connected = connect();
                if (!inHand.isEmpty()) {
                    write(connected, outcomes);
                }
                if (!paused) {
                    mirror(connected);
                }
                backoff.reset();
                become(paused ? State.PAUSED : State.RUNNING, halted);
            } catch (DestinationException unfit) {
                become(State.FAILED, unfit.getMessage());
                bide();
            } catch (SQLException failure) {
                report(failure);
                bide();
            }
        }

        private void poll(Duration patience) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(patience)) {
                around.meters().in();
                inHand.add(reader.read(record));
            }
            tellLag();
        }

        /** Lets the broker know that the sync is alive until it is time for the next try. */
        private void bide() {
            disconnect();
            rest(true);
            long untilMs = around.clock().millis() + backoff.next().toMillis();
            while (!isClosing() && around.clock().millis() < untilMs) {
                poll(POLL);
            }
        }

        private void rest(boolean wanted) {
            if (idle != wanted) {
                idle = wanted;
                if (wanted) {
                    consumer.pause(consumer.assignment());
                } else {
                    consumer.resume(consumer.assignment());
                }
            }
        }

        private PostgresDestination connect() throws SQLException {
            PostgresDestination open = destination;
            long nowMs = around.clock().millis();
            if (open != null && nowMs - usedAtMs > PROBE_INTERVAL.toMillis() && !open.isUsable()) {
                throw new SQLException("the session has ended", CONNECTION_FAILURE);
            }
            if (open == null || nowMs - usedAtMs > PROBE_INTERVAL.toMillis()) {
                usedAtMs = nowMs;
            }
            if (open == null) {
                open = PostgresDestination.open(sync, around.passwords().of(sync), id, topicId, target);
                destination = open;
            }
            return open;
        }

        private void disconnect() {
            PostgresDestination open = destination;
            destination = null;
            if (open != null) {
                open.close();
            }
        }

        private void write(PostgresDestination connected, OutcomeLog outcomes) throws SQLException {
            List<PendingWrite> changes = new ArrayList<>(inHand.size());
            List<OutcomeLog.Entry> entries = new ArrayList<>(inHand.size());
            for (ChangeReader.Read read : inHand) {
                switch (read) {
                    case ChangeReader.Read.Change(PendingWrite change) -> changes.add(change);
                    case ChangeReader.Read.Unreadable(var record, ReasonCode reason, String field, String why) ->
                        entries.add(new OutcomeLog.Entry(record, "unreadable", reason, null, field, why));
                }
            }
            List<BatchWriter.Applied> applied = new BatchWriter(connected).write(changes);
            long committedAtMs = around.clock().millis();
            applied.forEach(each -> count(each, entries));
            entries.forEach(entry -> {
                if (entry.reason() != null) {
                    around.meters().quarantined(entry.reason());
                }
            });
            outcomes.commit(entries, offsets(), consumer.groupMetadata(), committedAtMs);
            inHand.clear();
            usedAtMs = around.clock().millis();
            tellLag();
        }

        /** Being behind does no harm: what is in the product and not written yet is no row to remove. */
        private void mirror(PostgresDestination connected) throws SQLException {
            long nowMs = around.clock().millis();
            if (sync.mode() != Sync.Mode.MIRROR
                    || lag != 0
                    || nowMs - mirroredAtMs < around.mirrorInterval().toMillis()) {
                return;
            }
            try (WholeProduct whole =
                    new WholeProduct(clients.reader(), sync.from().topic(), reader)) {
                int removed = connected.removeOthers(whole);
                if (removed > 0) {
                    LOG.atInfo()
                            .addKeyValue("stage", id)
                            .addKeyValue("destination", destinationOf(sync))
                            .addKeyValue("rows", removed)
                            .log("removed rows that the product does not hold");
                }
            }
            mirroredAtMs = around.clock().millis();
            usedAtMs = mirroredAtMs;
        }

        private void count(BatchWriter.Applied applied, List<OutcomeLog.Entry> entries) {
            PendingWrite change = applied.change();
            String word = applied.result().word();
            switch (applied.result()) {
                case WriteResult.Written _, WriteResult.Deleted _ ->
                    around.meters().out(change.headers().sourceTimestampMs());
                case WriteResult.AlreadyApplied _,
                        WriteResult.SkippedStale _,
                        WriteResult.Superseded _,
                        WriteResult.SkippedByMode _ -> around.meters().stopped(word);
                case WriteResult.Refused(String sqlState, String place) -> {
                    String why = "%s refuses the row: SQLSTATE %s%s"
                            .formatted(destinationOf(sync), sqlState, place.isEmpty() ? "" : ", " + place);
                    entries.add(new OutcomeLog.Entry(
                            change.record(), word, ReasonCode.DESTINATION_REFUSED, sqlState, null, why));
                    return;
                }
            }
            entries.add(new OutcomeLog.Entry(change.record(), word, null, null, null, null));
        }

        private Map<TopicPartition, OffsetAndMetadata> offsets() {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (ChangeReader.Read read : inHand) {
                ConsumerRecord<byte[], byte[]> record = read.record();
                offsets.put(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), epoch));
            }
            return offsets;
        }

        private void tellLag() {
            long unread = -1;
            for (TopicPartition partition : consumer.assignment()) {
                OptionalLong known = consumer.currentLag(partition);
                if (known.isPresent()) {
                    unread = Math.max(0, unread) + known.getAsLong();
                }
            }
            lag = unread < 0 ? unread : unread + inHand.size();
        }

        /** Offsets that were kept for another life of the topic, or for another shape of the rows, tell nothing: those partitions are read again, and the fence decides. */
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            consumer.committed(java.util.Set.copyOf(partitions)).forEach((partition, kept) -> {
                if (kept != null && !kept.metadata().equals(epoch)) {
                    consumer.seekToBeginning(List.of(partition));
                }
            });
            if (idle) {
                consumer.pause(partitions);
            }
        }

        /** Whoever gets the partition reads again what is still in hand. */
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            inHand.removeIf(read -> partitions.contains(
                    new TopicPartition(read.record().topic(), read.record().partition())));
        }
    }

    private void report(SQLException failure) {
        Connection to = sync.to();
        String where = "%s at %s:%d".formatted(to.database(), to.host(), to.port());
        String state = String.valueOf(failure.getSQLState());
        switch (SqlFailure.of(failure)) {
            case TRANSIENT ->
                become(
                        State.WAITING,
                        "destination %s does not take writes now (SQLSTATE %s); trying again".formatted(where, state));
            case DESTINATION, ROW ->
                become(
                        State.FAILED,
                        state.startsWith("28")
                                ? "destination %s refuses user %s (SQLSTATE %s): check user and passwordFrom in %s"
                                        .formatted(
                                                where,
                                                to.user(),
                                                state,
                                                sync.file().getFileName())
                                : "destination %s: %s (SQLSTATE %s)".formatted(where, failure.getMessage(), state));
        }
    }

    private void become(State next, @Nullable String why) {
        if (state != next || !Objects.equals(detail, why)) {
            LOG.atInfo()
                    .addKeyValue("stage", id)
                    .addKeyValue("state", next.name().toLowerCase(Locale.ROOT))
                    .addKeyValue("detail", why == null ? "" : why)
                    .log("stage state");
            detail = why;
            state = next;
            changed.run();
        }
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void waitFor(Duration duration) {
        try {
            if (closing.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException interrupted) {
            closing.countDown();
            Thread.currentThread().interrupt();
        }
    }

    /** What is in hand is finished or comes again at the next start. */
    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join(CLOSE_TIMEOUT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
