package io.weir.kit.testkit;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/**
 * How long a test waits for what must come. A wait that succeeds ends at once, so the limit is one that only a failure reaches, on a slow
 * and busy machine too.
 */
public final class Patience {

    public static final Duration LIMIT = Duration.ofMinutes(4);

    private Patience() {}

    /** Asks every 100 ms, for {@link #LIMIT} at most. */
    public static ConditionFactory await() {
        return Awaitility.await().atMost(LIMIT);
    }
}
