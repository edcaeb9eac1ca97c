package io.weir.kit.contract;

/** The registry does not answer, or answers that it cannot just now: try again later. */
public final class RegistryUnavailable extends RegistryException {

    private static final long serialVersionUID = 1L;

    public RegistryUnavailable(String message) {
        super(message);
    }

    public RegistryUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
