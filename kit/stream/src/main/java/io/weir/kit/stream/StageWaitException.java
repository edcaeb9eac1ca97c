package io.weir.kit.stream;

/** Something that a stage needs is not there yet; the message says what. */
public final class StageWaitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StageWaitException(String message) {
        super(message);
    }
}
