package io.weir.kit.stream;

/**
 * A request to the stages of one service on {@link MeshTopics#CONTROL}: stop taking in changes for a while.
 *
 * <p>A lease, not a switch: it ends by itself at {@code pauseUntilMs}, so that a caller who dies cannot stop the mesh. A new request replaces the last.
 *
 * @param service the service whose stages are meant: {@code ingest}
 * @param pauseUntilMs ms since the epoch; a time in the past resumes
 */
public record Control(String service, long pauseUntilMs) {}
