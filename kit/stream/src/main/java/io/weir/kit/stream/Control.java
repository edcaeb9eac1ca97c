package io.weir.kit.stream;

import org.jspecify.annotations.Nullable;

/**
 * A request to the stages of one service on {@link MeshTopics#CONTROL}: stop taking in changes for a while, or rebuild one of them.
 *
 * <p>A pause is a lease, not a switch: it ends by itself at {@code pauseUntilMs}, so that a caller who dies cannot stop the mesh. A new request replaces the last.
 *
 * @param service the service whose stages are meant: {@code ingest}
 * @param pauseUntilMs ms since the epoch; a time in the past resumes
 * @param rebuild null for a pause
 */
public record Control(
        String service, long pauseUntilMs, @Nullable Rebuild rebuild) {

    /**
     * Build a stage's state anew by the plan of this fingerprint, and switch to it. A service whose files give another plan passes it over, and so does one
     * that has done it: a request that is read again does nothing.
     */
    public record Rebuild(String stage, String fingerprint) {}

    public Control(String service, long pauseUntilMs) {
        this(service, pauseUntilMs, null);
    }

    public static Control rebuild(String service, StageId stage, String fingerprint) {
        return new Control(service, 0, new Rebuild(stage.toString(), fingerprint));
    }
}
