package io.weir.conform;

import io.smallrye.config.ConfigMapping;
import io.weir.kit.service.StreamsServiceConfig;

/** The configuration of conform-service. */
@ConfigMapping(prefix = "weir")
public interface ConformConfig extends StreamsServiceConfig {}
