package io.weir.contract;

import io.weir.kit.stream.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Where one promise stands, as the judge remembers it. A broken one is kept again only when it was seen to hold for a while. Until then it is on trial where nothing is
 * seen: the rows that broke it have left the window, and the stage that writes has to go on to show that the next ones are good, as behind a half-open circuit breaker.
 *
 * @param incident the open one; null where the promise is kept
 * @param openedAtMs when it was opened; 0 where there is none
 * @param holdsSinceMs since when a broken promise has held again; 0 where it does not
 * @param isOnTrial whether nothing has broken it since its window was without rows
 * @param saidAtMs when the last verdict was written
 * @param toldAtMs when the last event of the incident was written
 */
record Standing(
        Verdict.State state,
        long sinceMs,
        @Nullable String incident,
        long openedAtMs,
        long holdsSinceMs,
        boolean isOnTrial,
        long saidAtMs,
        long toldAtMs,
        @Nullable Double measured,
        String detail,
        @Nullable String firstBad) {

    static final Standing UNKNOWN = new Standing(Verdict.State.KEPT, 0, null, 0, 0, false, 0, 0, null, "", null);

    boolean isBroken() {
        return state == Verdict.State.BROKEN;
    }

    /**
     * Where it stands after another look.
     *
     * @param settleMs how long it has to hold
     * @param incident the one to open where it breaks now
     */
    Standing after(Finding found, long nowMs, long settleMs, String incident) {
        return switch (found.kind()) {
            case BROKEN -> isBroken() ? still(found, 0, false) : broken(found, nowMs, incident);
            case HOLDS -> {
                long since = holdsSinceMs == 0 ? nowMs : holdsSinceMs;
                yield isBroken() && nowMs - since < settleMs
                        ? still(found, since, isOnTrial)
                        : kept(found, isBroken() ? since : sinceMs == 0 ? nowMs : sinceMs);
            }
            case OPEN -> isBroken() ? still(found, 0, true) : this;
        };
    }

    private Standing broken(Finding found, long nowMs, String incident) {
        long since = found.badSinceMs() > 0 && found.badSinceMs() <= nowMs ? found.badSinceMs() : nowMs;
        return new Standing(
                Verdict.State.BROKEN,
                since,
                incident,
                nowMs,
                0,
                false,
                saidAtMs,
                toldAtMs,
                found.measured(),
                found.detail(),
                found.firstBad());
    }

    private Standing still(Finding found, long holdsSinceMs, boolean isOnTrial) {
        return new Standing(
                Verdict.State.BROKEN,
                sinceMs,
                incident,
                openedAtMs,
                holdsSinceMs,
                isOnTrial,
                saidAtMs,
                toldAtMs,
                found.measured(),
                found.detail(),
                firstBad == null ? found.firstBad() : firstBad);
    }

    private Standing kept(Finding found, long sinceMs) {
        return new Standing(
                Verdict.State.KEPT,
                sinceMs,
                null,
                0,
                0,
                false,
                saidAtMs,
                toldAtMs,
                found.measured(),
                found.detail(),
                null);
    }

    /** The same, after a verdict, an event of its incident or both were written. */
    Standing written(boolean said, boolean told, long nowMs) {
        return new Standing(
                state,
                sinceMs,
                incident,
                openedAtMs,
                holdsSinceMs,
                isOnTrial,
                said ? nowMs : saidAtMs,
                told ? nowMs : toldAtMs,
                measured,
                detail,
                firstBad);
    }
}
