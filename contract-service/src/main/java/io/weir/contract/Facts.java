package io.weir.contract;

import io.weir.kit.stream.Observation;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a product over all time, from its observations.
 *
 * @param firstSeenMs when something was written first
 * @param rows rows written since then
 * @param live theta sketch of the keys that stand
 * @param heardMs up to when each task of its stage has told what it wrote
 */
record Facts(
        long firstSeenMs,
        long lastWrittenMs,
        long lastSourceMs,
        long lastEventMs,
        long rows,
        @Nullable String lastInput,
        byte[] live,
        Map<String, Long> heardMs) {

    private static final long FORGOTTEN_MS = Duration.ofHours(1).toMillis();

    static Facts first(Observation seen) {
        return new Facts(
                seen.fromMs(),
                seen.lastWrittenMs(),
                seen.lastSourceMs(),
                seen.lastEventMs(),
                seen.rows(),
                seen.lastInput(),
                live(seen.keys(), seen),
                Map.of(task(seen), seen.untilMs()));
    }

    /** A task's observations come in their order, and tasks share no keys: what is deleted at an interval's end is gone. */
    Facts and(Observation seen) {
        return new Facts(
                firstSeenMs,
                Math.max(lastWrittenMs, seen.lastWrittenMs()),
                Math.max(lastSourceMs, seen.lastSourceMs()),
                Math.max(lastEventMs, seen.lastEventMs()),
                rows + seen.rows(),
                seen.lastInput() == null ? lastInput : seen.lastInput(),
                seen.hasChanges() ? live(Profiles.union(live, seen.keys()), seen) : live,
                heard(seen));
    }

    private static String task(Observation seen) {
        return seen.stage() + "-" + seen.partition();
    }

    private Map<String, Long> heard(Observation seen) {
        Map<String, Long> heard = new TreeMap<>(heardMs);
        heard.values().removeIf(at -> at < seen.untilMs() - FORGOTTEN_MS);
        heard.merge(task(seen), seen.untilMs(), Math::max);
        return heard;
    }

    /**
     * Up to when it is known what was written. A task whose word is late is waited for; one that has been silent for longer than {@code patienceMs}, of the time in which
     * somebody listened, writes nothing any more.
     */
    long knownUntilMs(long nowMs, long listeningSinceMs, long patienceMs) {
        return heardMs.values().stream()
                .filter(at -> nowMs - Math.max(at, listeningSinceMs) <= patienceMs)
                .mapToLong(at -> Math.min(at, nowMs))
                .min()
                .orElse(nowMs);
    }

    private static byte[] live(byte[] keys, Observation seen) {
        byte[] gone = seen.deletedKeys();
        return gone == null ? keys : Profiles.without(keys, gone);
    }
}
