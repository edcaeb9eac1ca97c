package io.weir.cli.mesh;

import java.time.Duration;

/** How long to wait before a part is started again: doubles with each end in a row, and forgets after a good while. */
final class Backoff {

    static final Duration FIRST = Duration.ofMillis(500);
    static final Duration LONGEST = Duration.ofSeconds(30);
    static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(1);

    private int inARow;

    /** @param ranFor how long the part had been ready before it ended; zero where it never was */
    Duration next(Duration ranFor) {
        if (ranFor.compareTo(FORGOTTEN_AFTER) >= 0) {
            inARow = 0;
        }
        Duration wait = FIRST.multipliedBy(1L << Math.min(inARow, 10));
        inARow++;
        return wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    }
}
