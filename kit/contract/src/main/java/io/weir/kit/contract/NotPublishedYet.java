package io.weir.kit.contract;

/** The registry is there, but not what was looked for: wait for contract-service to publish it. */
public final class NotPublishedYet extends RegistryException {

    private static final long serialVersionUID = 1L;

    public NotPublishedYet(String message) {
        super(message);
    }
}
