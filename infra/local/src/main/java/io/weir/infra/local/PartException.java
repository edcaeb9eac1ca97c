package io.weir.infra.local;

import org.jspecify.annotations.Nullable;

/** A part cannot start or stop; the message says which, why, and what to do, and is fit to print as it is. */
public final class PartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PartException(String message) {
        this(message, null);
    }

    public PartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
