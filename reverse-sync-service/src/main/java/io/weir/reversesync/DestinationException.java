package io.weir.reversesync;

/** The destination is not as the sync needs it; the message says what is wrong and how to mend it. */
final class DestinationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DestinationException(String message) {
        super(message);
    }
}
