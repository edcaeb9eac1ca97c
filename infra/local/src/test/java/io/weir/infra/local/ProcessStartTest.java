package io.weir.infra.local;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessStartTest {

    @Test
    void shouldTellWhoStartedFirst() {
        ProcessHandle self = ProcessHandle.current();
        ProcessHandle parent = self.parent().orElseThrow();

        assertThat(ProcessStart.of(self)).isPositive().isEqualTo(ProcessStart.of(self));
        assertThat(ProcessStart.of(parent)).isPositive().isLessThanOrEqualTo(ProcessStart.of(self));
    }

    @Test
    void shouldSayNothingOfAProcessThatHasEnded() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();

        assertThat(ProcessStart.of(ended.toHandle())).isZero();
    }
}
