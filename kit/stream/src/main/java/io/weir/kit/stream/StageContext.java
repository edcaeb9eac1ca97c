package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Schemas;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's topology is given by whoever runs it.
 *
 * @param observeEvery how often its gate says what it wrote; zero for never
 * @param references what stands in the products that its rows name; null where nobody checks that
 * @param stagedTopic where its rows go instead of the product's topic, until it serves; null where it does
 */
public record StageContext(
        StageId stage,
        Schemas schemas,
        StageMeters meters,
        StageTracing tracing,
        Clock clock,
        Duration observeEvery,
        @Nullable ReferenceKeys references,
        @Nullable String stagedTopic) {

    /** Without observations, and without a check of what rows name. */
    public StageContext(StageId stage, Schemas schemas, StageMeters meters, StageTracing tracing, Clock clock) {
        this(stage, schemas, meters, tracing, clock, Duration.ZERO, null, null);
    }

    /** The same stage while its rows go elsewhere: nobody observes them. */
    StageContext staged(StageMeters others, String topic) {
        return new StageContext(stage, schemas, others, tracing, clock, Duration.ZERO, references, topic);
    }

    /** The topic that rows of the product are written to. */
    public String topicOf(DataProduct product) {
        return stagedTopic == null ? product.name().topic() : stagedTopic;
    }
}
