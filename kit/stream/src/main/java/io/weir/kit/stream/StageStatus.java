package io.weir.kit.stream;

import org.jspecify.annotations.Nullable;

/**
 * What one stage says about itself on {@link MeshTopics#STAGES}, as JSON, about once a second and whenever its state changes.
 *
 * @param stage the stage's id, also the record's key
 * @param service the service that runs it
 * @param instance the process that speaks
 * @param kind {@code source}, {@code push}, {@code model} or {@code sync}
 * @param inputs topics read
 * @param output topic (or destination) written
 * @param state {@code WAITING}, {@code STARTING}, {@code RUNNING}, {@code PAUSED}, {@code FAILED}, {@code STOPPED}
 * @param detail what it waits for or why it failed; null when all is well
 * @param rowsIn changes read since the process started
 * @param rowsOut changes written since the process started
 * @param quarantined rows put into quarantine since the process started
 * @param stopped replays, echoes and no-ops that were recognised and went no further since the process started
 * @param lag records not yet read, over all inputs; -1 where unknown
 * @param freshnessP50Ms source commit to write here, median of the last minute; -1 where nothing was written
 * @param freshnessP99Ms the same, 99th percentile
 * @param restarts how often the stage was restarted since the process started
 * @param updatedAtMs when this was said, ms since the epoch
 */
public record StageStatus(
        String stage,
        String service,
        String instance,
        String kind,
        java.util.List<String> inputs,
        String output,
        State state,
        @Nullable String detail,
        long rowsIn,
        long rowsOut,
        long quarantined,
        long stopped,
        long lag,
        long freshnessP50Ms,
        long freshnessP99Ms,
        int restarts,
        long updatedAtMs) {

    /** The life of a stage. */
    public enum State {
        WAITING,
        STARTING,
        RUNNING,
        PAUSED,
        FAILED,
        STOPPED
    }
}
