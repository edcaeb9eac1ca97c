package io.weir.feature;

import io.smallrye.config.ConfigMapping;
import io.weir.kit.service.StreamsServiceConfig;

/** The configuration of feature-service. */
@ConfigMapping(prefix = "weir")
public interface FeatureConfig extends StreamsServiceConfig {}
