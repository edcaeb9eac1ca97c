package io.weir.kit.sql.function;

/** A value that an expression cannot take. The message tells why, without the value. */
public final class ValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ValueException(String message) {
        super(message, null, false, false);
    }
}
