package io.weir.kit.stream;

import org.jspecify.annotations.Nullable;

/**
 * Whether a promise of a contract holds just now, on {@link MeshTopics#VERDICTS} as JSON.
 *
 * <p>Stages follow it: where it says so, they stand still until {@code haltUntilMs}, which is said anew as long as the promise is broken. So nobody waits for ever for a
 * judge that has gone.
 *
 * @param product topic
 * @param rule the promise's id, unique within the product
 * @param promise what is measured: {@code freshness}, {@code nullValues} ...
 * @param field column; null where it is about the whole product
 * @param onViolation {@code quarantine}, {@code halt} or {@code warn}
 * @param demand for a person: {@code "freshness: at most 5 s"}
 * @param measured in {@code unit}; null where there is nothing to measure
 * @param detail what was seen, for a person
 * @param firstBad {@code topic-partition@offset} of the first change that broke it; null where none did
 * @param sinceMs since when it is in this state
 * @param incident the open incident; null where it holds
 * @param haltsWriter whether the stage that writes the product stands still
 * @param haltsReaders whether those that read it do
 */
public record Verdict(
        String product,
        String rule,
        String promise,
        @Nullable String field,
        State state,
        String severity,
        String onViolation,
        String demand,
        @Nullable Double measured,
        String unit,
        String detail,
        @Nullable String firstBad,
        long sinceMs,
        long judgedAtMs,
        @Nullable String incident,
        boolean haltsWriter,
        boolean haltsReaders,
        long haltUntilMs) {

    /** Whether a promise is kept. */
    public enum State {
        KEPT,
        BROKEN
    }

    /** On a promise that no contract makes any more, and that was broken until then. */
    public static Verdict withdrawn(String product, String rule, @Nullable String firstBad, long nowMs) {
        return new Verdict(
                product,
                rule,
                rule,
                null,
                State.KEPT,
                "info",
                "warn",
                rule + ": no longer promised",
                null,
                "",
                "no contract promises it any more",
                firstBad,
                nowMs,
                nowMs,
                null,
                false,
                false,
                0);
    }

    /** The record's key: {@code <product>#<rule>}. */
    public String key() {
        return product + "#" + rule;
    }
}
