package io.weir.reversesync;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.weir.kit.service.StageServiceConfig;
import java.time.Duration;

/** The configuration of reverse-sync-service. */
@ConfigMapping(prefix = "weir")
public interface ReverseSyncConfig extends StageServiceConfig {

    /** Most changes in one transaction of the destination. */
    @WithDefault("2000")
    int batchRows();

    /** The wait before the first new try where a destination does not answer; it doubles with each try. */
    @WithDefault("200ms")
    Duration firstBackoff();

    /** The longest wait between two tries. */
    @WithDefault("15s")
    Duration longestBackoff();

    /** How often a sync with {@code mode: mirror} removes rows that the product does not hold; the first time as soon as it has caught up. */
    @WithDefault("10m")
    Duration mirrorInterval();
}
