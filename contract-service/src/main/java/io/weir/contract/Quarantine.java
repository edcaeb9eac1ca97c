package io.weir.contract;

import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Sync;
import io.weir.kit.stream.StageId;
import java.util.Optional;

/**
 * Where the rows lie that may not pass into a product, or that a sync's destination refuses.
 *
 * @param topic of the product, or of the sync's outcomes; by it the API calls the quarantine
 * @param rowsTopic in which they lie
 * @param redriver its stop in the path of what is put back
 * @param product whose rows they are to be; empty for a sync, whose quarantine holds what it read
 */
record Quarantine(String topic, String rowsTopic, StageId redriver, Optional<DataProduct> product) {

    static Quarantine of(DataProduct product) {
        return new Quarantine(
                product.name().topic(),
                product.name().quarantineTopic(),
                StageId.of("redrive", product.name()),
                Optional.of(product));
    }

    static Quarantine of(Sync sync) {
        return new Quarantine(
                sync.outcomeTopic(),
                sync.quarantineTopic(),
                new StageId(
                        "redrive-sync", sync.domain(), sync.name(), sync.from().major()),
                Optional.empty());
    }
}
