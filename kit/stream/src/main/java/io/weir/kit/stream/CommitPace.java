package io.weir.kit.stream;

import java.time.Duration;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.jspecify.annotations.Nullable;

/**
 * Commits soon while little happens and seldom while much does.
 *
 * <p>Readers see a change when its transaction commits, and every transaction costs the broker a marker in each partition that it touched. So a stage whose input
 * trickles commits an eighth of the commit interval after a change came; one that is busy gathers changes until the interval is over. One for each stream thread, whose
 * tasks commit together.
 */
public final class CommitPace {

    /** So many records within an eighth of the interval are busy. */
    private static final int BUSY = 20;

    private static final int PARTS = 8;
    private static final long OVERDUE_MS = 1_000;
    private static final ThreadLocal<CommitPace> OF_THREAD = ThreadLocal.withInitial(CommitPace::new);

    private @Nullable Cancellable timer;
    private long dueMs;
    private int records;

    private CommitPace() {}

    /** Says that a record came from a topic; called by the first processor behind each source. */
    public static void arrived(ProcessingContext context) {
        OF_THREAD.get().record(context);
    }

    private void record(ProcessingContext context) {
        records++;
        // The timer of a task that was taken away never fires.
        if (timer != null && context.currentSystemTimeMs() < dueMs + OVERDUE_MS) {
            return;
        }
        Duration soon = Duration.ofMillis(Math.max(1, interval(context) / PARTS));
        dueMs = context.currentSystemTimeMs() + soon.toMillis();
        timer = context.schedule(soon, PunctuationType.WALL_CLOCK_TIME, _ -> due(context));
    }

    private void due(ProcessingContext context) {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        if (records < BUSY) {
            context.commit();
        }
        records = 0;
    }

    private static long interval(ProcessingContext context) {
        Object interval = context.appConfigs().get(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG);
        return interval == null ? PARTS : Long.parseLong(interval.toString());
    }
}
