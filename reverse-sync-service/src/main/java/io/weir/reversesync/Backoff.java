package io.weir.reversesync;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Exponential waits with full jitter between tries, for ever. */
final class Backoff {

    private final Duration first;
    private final Duration longest;
    private final RandomGenerator random;
    private int tries;

    Backoff(Duration first, Duration longest, RandomGenerator random) {
        this.first = first;
        this.longest = longest;
        this.random = random;
    }

    /** The next wait: between half of and the whole of {@code first * 2^tries}, at most {@code longest}. */
    Duration next() {
        long ceilingMs = Math.min(longest.toMillis(), first.toMillis() << Math.min(tries, 20));
        tries++;
        return Duration.ofMillis(random.nextLong(ceilingMs / 2, ceilingMs + 1));
    }

    int tries() {
        return tries;
    }

    void reset() {
        tries = 0;
    }
}
