package io.weir.kit.contract;

/** The registry says no, and will say so again: a rule is broken, a version exists with other content, the request is wrong. */
public final class RegistryRefused extends RegistryException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String name;

    public RegistryRefused(int status, String name, String message) {
        super(message);
        this.status = status;
        this.name = name;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The registry's name for it: {@code RuleViolationException}, {@code VersionAlreadyExistsException} ... */
    public String name() {
        return name;
    }
}
