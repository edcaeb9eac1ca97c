package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Schemas;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's topology is given by whoever runs it.
 *
 * @param stagedTopic where its rows go instead of the product's topic, until it serves; null where it does
 */
public record StageContext(
        StageId stage,
        Schemas schemas,
        StageMeters meters,
        StageTracing tracing,
        Clock clock,
        @Nullable String stagedTopic) {

    public StageContext(StageId stage, Schemas schemas, StageMeters meters, StageTracing tracing, Clock clock) {
        this(stage, schemas, meters, tracing, clock, null);
    }

    /** The topic that rows of the product are written to. */
    public String topicOf(DataProduct product) {
        return stagedTopic == null ? product.name().topic() : stagedTopic;
    }
}
