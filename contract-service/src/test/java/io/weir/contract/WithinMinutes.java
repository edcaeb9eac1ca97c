package io.weir.contract;

import java.time.Duration;

/** The usual settings with minutes for hours. */
final class WithinMinutes implements ContractConfig.Judging {
    @Override
    public Duration window() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Duration period() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(1);
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration settle() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Duration haltLease() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration tellEvery() {
        return Duration.ofSeconds(10);
    }
}
