package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;

/** A topic as it should be: name, partitions, settings. */
public record TopicSpec(String name, int partitions, Map<String, String> settings) {

    private static final Duration QUARANTINE_RETENTION = Duration.ofDays(30);

    /** The product's own topic: compacted for tables, kept for ever unless the contract says otherwise for events. */
    public static TopicSpec of(DataProduct product) {
        return switch (product.kind()) {
            case TABLE -> compacted(product.name().topic(), product.partitions());
            case EVENTS ->
                new TopicSpec(
                        product.name().topic(),
                        product.partitions(),
                        Map.of(
                                TopicConfig.RETENTION_MS_CONFIG,
                                product.settings()
                                        .retention()
                                        .map(kept -> Long.toString(kept.toMillis()))
                                        .orElse("-1")));
        };
    }

    public static TopicSpec quarantineOf(DataProduct product) {
        return retained(product.name().quarantineTopic(), product.partitions(), QUARANTINE_RETENTION);
    }

    public static TopicSpec compacted(String name, int partitions) {
        return new TopicSpec(
                name, partitions, Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
    }

    public static TopicSpec retained(String name, int partitions, Duration retention) {
        return new TopicSpec(
                name, partitions, Map.of(TopicConfig.RETENTION_MS_CONFIG, Long.toString(retention.toMillis())));
    }
}
