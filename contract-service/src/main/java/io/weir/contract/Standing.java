package io.weir.contract;

import io.weir.kit.stream.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Where one promise stands, as the judge remembers it.
 *
 * @param incident the open one; null where the promise is kept
 * @param openedAtMs when it was opened; 0 where there is none
 * @param holdsSinceMs since when a broken promise has held again; 0 where it does not
 * @param saidAtMs when the last verdict was written
 * @param toldAtMs when the last event of the incident was written
 */
record Standing(
        Verdict.State state,
        long sinceMs,
        @Nullable String incident,
        long openedAtMs,
        long holdsSinceMs,
        long saidAtMs,
        long toldAtMs,
        @Nullable Double measured,
        String detail,
        @Nullable String firstBad) {

    boolean isBroken() {
        return state == Verdict.State.BROKEN;
    }
}
