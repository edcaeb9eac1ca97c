package io.weir.cli.demo;

import java.time.Duration;

/** Hears what the simulator does, on the simulator's thread. */
public interface SimulatorListener {

    /** About once a second, and once at the end. */
    default void progress(SimulatorReport report) {}

    /** The database went away; the next attempt follows after {@code wait}. The reason is the driver's, in one line. */
    default void disconnected(String reason, Duration wait) {}

    /** The database is back. */
    default void reconnected() {}
}
