package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateLockTest {

    @TempDir
    Path folder;

    @Test
    void shouldBeHeldByOneUntilItLetsGo() {
        StateFolder state = new StateFolder(folder.resolve("state"));

        assertThat(StateLock.isHeld(state)).isFalse();
        StateLock lock = StateLock.tryAcquire(state).orElseThrow();
        assertThat(StateLock.isHeld(state)).isTrue();
        assertThat(StateLock.tryAcquire(state)).isEmpty();
        lock.close();
        assertThat(StateLock.isHeld(state)).isFalse();
        StateLock again = StateLock.tryAcquire(state).orElseThrow();
        again.close();
    }
}
