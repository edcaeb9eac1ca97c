package io.weir.cli.demo;

/** The simulator cannot work with this database; the message tells why and what to do. */
public final class SimulatorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SimulatorException(String message, Throwable cause) {
        super(message, cause);
    }

    public SimulatorException(String message) {
        super(message);
    }
}
