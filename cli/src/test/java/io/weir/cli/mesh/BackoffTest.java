package io.weir.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    @Test
    void shouldDoubleUpToALimit() {
        Backoff backoff = new Backoff();

        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofMillis(500));
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.next(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.next(Duration.ZERO)).isLessThanOrEqualTo(Backoff.LONGEST);
        }
        assertThat(backoff.next(Duration.ZERO)).isEqualTo(Backoff.LONGEST);
    }

    @Test
    void shouldForgetAfterAGoodWhile() {
        Backoff backoff = new Backoff();
        backoff.next(Duration.ZERO);
        backoff.next(Duration.ZERO);

        assertThat(backoff.next(Duration.ofMinutes(2))).isEqualTo(Backoff.FIRST);
    }
}
