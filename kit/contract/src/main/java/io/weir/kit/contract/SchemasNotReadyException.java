package io.weir.kit.contract;

/** A schema cannot be had right now: not published yet, or the registry does not answer. Worth waiting for; the message says for what. */
public final class SchemasNotReadyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SchemasNotReadyException(String message) {
        super(message);
    }

    public SchemasNotReadyException(String message, Throwable cause) {
        super(message, cause);
    }
}
