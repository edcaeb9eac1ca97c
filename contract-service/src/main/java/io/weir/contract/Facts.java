package io.weir.contract;

import io.weir.kit.stream.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a product over all time, from its observations.
 *
 * @param firstSeenMs when it was observed first
 * @param rows rows written since then
 * @param live theta sketch of the keys that stand
 */
record Facts(
        long firstSeenMs,
        long lastWrittenMs,
        long lastSourceMs,
        long lastEventMs,
        long rows,
        @Nullable String lastInput,
        byte[] live) {

    static Facts first(Observation seen) {
        return new Facts(
                seen.fromMs(),
                seen.lastWrittenMs(),
                seen.lastSourceMs(),
                seen.lastEventMs(),
                seen.rows(),
                seen.lastInput(),
                live(seen.keys(), seen));
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
                live(Profiles.union(live, seen.keys()), seen));
    }

    private static byte[] live(byte[] keys, Observation seen) {
        byte[] gone = seen.deletedKeys();
        return gone == null ? keys : Profiles.without(keys, gone);
    }
}
