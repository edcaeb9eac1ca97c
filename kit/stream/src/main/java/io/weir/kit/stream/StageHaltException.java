package io.weir.kit.stream;

/** A row broke a contract whose {@code onViolation} is {@code halt}: the stage stops before the row, which stays unread. */
public final class StageHaltException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public StageHaltException(String message) {
        super(message);
    }
}
