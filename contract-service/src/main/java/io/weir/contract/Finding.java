package io.weir.contract;

import io.weir.contract.Measures.Measured;
import io.weir.contract.Measures.Seen;
import io.weir.kit.contract.Promise;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one look at a promise gave. Pure.
 *
 * @param measured null where there was nothing to measure
 * @param firstBad {@code topic-partition@offset} of the first change that counts against it
 * @param badSinceMs when that was; 0 where it cannot be told
 */
record Finding(
        Kind kind,
        @Nullable Double measured,
        String detail,
        @Nullable String firstBad,
        long badSinceMs) {

    /** What it says of the promise. */
    enum Kind {
        HOLDS,
        BROKEN,
        /** Nothing: there is nothing to measure, and a promise about rows is neither kept nor broken where there are none. */
        OPEN
    }

    static Finding of(Promise promise, Seen seen) {
        Optional<Measured> found = Measures.of(promise, seen);
        if (!isAnswered(promise, seen, found.isPresent())) {
            return new Finding(Kind.OPEN, null, "no rows within " + Promise.time((double) seen.windowMs()), null, 0);
        }
        return found.map(one -> new Finding(
                        promise.bound().holds(one.value()) || !one.beyondChance() ? Kind.HOLDS : Kind.BROKEN,
                        one.value(),
                        one.detail(),
                        one.firstBad(),
                        one.badSinceMs()))
                .orElseGet(() -> new Finding(Kind.HOLDS, null, "there is nothing to compare with any more", null, 0));
    }

    /** A volume or a drift that has lasted until all other history was forgotten is what is usual now. */
    private static boolean isAnswered(Promise promise, Seen seen, boolean isMeasured) {
        boolean hasRows = seen.window() != null && seen.window().rows() > 0;
        return switch (promise.metric()) {
            case NULL_VALUES, MISSING_VALUES, INVALID_VALUES, DUPLICATE_VALUES -> hasRows;
            case PSI, KS -> isMeasured || (hasRows && seen.usual() == null);
            case VOLUME -> true;
            case FRESHNESS,
                    LATENCY,
                    FREQUENCY,
                    AVAILABILITY,
                    RETENTION,
                    ROW_COUNT,
                    MEAN,
                    MINIMUM,
                    MAXIMUM,
                    QUANTILE,
                    DISTINCT_VALUES,
                    LOOP -> isMeasured;
        };
    }
}
