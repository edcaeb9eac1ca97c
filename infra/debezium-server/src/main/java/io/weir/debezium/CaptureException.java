package io.weir.debezium;

import org.jspecify.annotations.Nullable;

/** Capture cannot start for a reason that its user can fix; the message says where, what and how, and is fit to print as it is. */
final class CaptureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CaptureException(String message) {
        this(message, null);
    }

    CaptureException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
