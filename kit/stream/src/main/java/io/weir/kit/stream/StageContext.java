package io.weir.kit.stream;

import io.weir.kit.contract.Schemas;
import java.time.Clock;

/** What a stage's topology is given by whoever runs it. */
public record StageContext(StageId stage, Schemas schemas, StageMeters meters, StageTracing tracing, Clock clock) {}
