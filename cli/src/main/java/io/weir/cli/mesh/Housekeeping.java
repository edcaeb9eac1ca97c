package io.weir.cli.mesh;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a running mesh needs of its supervisor beside the parts: logs that stay small, and a word when the disk does not. */
public final class Housekeeping implements AutoCloseable {

    private static final Duration EVERY = Duration.ofSeconds(3);

    private final LogFiles logs;
    private final Supplier<Optional<String>> disk;
    private final Consumer<String> say;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable String told;

    Housekeeping(LogFiles logs, Supplier<Optional<String>> disk, Consumer<String> say) {
        this.logs = logs;
        this.disk = disk;
        this.say = say;
    }

    /** Looks after the folder every few seconds until it is closed. */
    public static Housekeeping start(StateFolder state, Consumer<String> say) {
        Housekeeping keeping = new Housekeeping(LogFiles.of(state), state::trouble, say);
        Thread.ofVirtual().name("housekeeping").start(keeping::keep);
        return keeping;
    }

    private void keep() {
        try {
            while (!closed.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void look() {
        try {
            logs.rotate();
        } catch (IOException e) {
            // The disk's trouble is told below.
        }
        String trouble = disk.get().orElse(null);
        if (trouble != null && told == null) {
            say.accept(trouble);
        } else if (trouble == null && told != null) {
            say.accept("There is room again: what stopped for it starts by itself.");
        }
        told = trouble;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
