package io.weir.kit.contract;

/** The registry did not do what was asked; the kind says whether to wait, to give up, or whom to ask. Its message is fit to show. */
public abstract sealed class RegistryException extends RuntimeException
        permits NotPublishedYet, RegistryRefused, RegistryUnavailable {

    private static final long serialVersionUID = 1L;

    RegistryException(String message) {
        super(message);
    }

    RegistryException(String message, Throwable cause) {
        super(message, cause);
    }
}
