package io.weir.kit.stream;

import io.weir.kit.contract.DataProduct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.streams.Topology;

/** One model or source, ready to be run as a Kafka Streams application of its own. */
public interface Stage {

    StageId id();

    /** {@code source}, {@code push} or {@code model}, for the status. */
    String kind();

    /** Topics that must exist before the stage starts. */
    List<String> inputTopics();

    /** How many partitions an input must have, where the topology relies on it: rows of one key meet only where topics are cut alike. */
    default Map<String, Integer> inputPartitions() {
        return Map.of();
    }

    /** The product that it writes; its topic and quarantine topic are made by the runtime where missing. */
    DataProduct output();

    /** Further topics of the stage's own, made where missing. */
    default List<TopicSpec> ownTopics() {
        return List.of();
    }

    /** The form of the stage's state: it is never started on state of another form. Empty where any topology can use it. */
    default Optional<String> fingerprint() {
        return Optional.empty();
    }

    /** From which columns its rows come, for OpenLineage. */
    default Lineage lineage() {
        return Lineage.UNKNOWN;
    }

    /** Whether each topic that the topology reads is read by an {@link Arrival}: then records are handed to it in bundles, which costs less. */
    default boolean readsBundles() {
        return false;
    }

    /** Called on each (re)start. May throw what {@link io.weir.kit.contract.Schemas} throws while the registry is not ready. */
    Topology topology(StageContext context);
}
