package io.weir.cli;

/** A mistake or a state of affairs that the user can change. Its message is printed as it is, without a stack trace. */
public final class UserError extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    public UserError(String message) {
        this(ExitCodes.NOT_WELL, message);
    }

    public UserError(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
