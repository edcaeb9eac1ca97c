package io.weir.contract;

import io.weir.contract.Incident.Affected;
import io.weir.contract.Incident.Owner;
import io.weir.kit.contract.Bound;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Domain;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.Promise;
import io.weir.kit.sql.Consumers;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is judged: the promises of every contract, and whom it concerns. Thread-safe. */
final class Rules {

    /** Nobody has to promise this. */
    private static final Promise NO_LOOP = new Promise(
            "loop",
            Promise.Metric.LOOP,
            null,
            List.of(),
            0,
            Bound.atMost(0),
            Promise.Unit.ROWS,
            Optional.empty(),
            "error",
            Optional.of(DataProduct.OnViolation.WARN),
            Optional.empty());

    private final Map<String, DataProduct> products = new LinkedHashMap<>();
    private final Map<String, List<Promise>> promises = new HashMap<>();
    private final Map<String, Owner> owners = new HashMap<>();
    private final Downstream downstream;

    Rules(List<Domain> domains) {
        for (Domain domain : domains) {
            for (DataProduct product : domain.products().values()) {
                String topic = product.name().topic();
                products.put(topic, product);
                promises.put(
                        topic,
                        Stream.concat(product.settings().promises().stream(), Stream.of(NO_LOOP))
                                .toList());
                owners.put(topic, new Owner(domain.name(), domain.team(), domain.contact()));
            }
        }
        this.downstream = new Downstream(domains);
    }

    Collection<DataProduct> products() {
        return products.values();
    }

    Optional<DataProduct> product(String topic) {
        return Optional.ofNullable(products.get(topic));
    }

    List<Promise> promises(DataProduct product) {
        return promises.getOrDefault(product.name().topic(), List.of());
    }

    /** Whether a promise is to be judged now: always, or where its schedule has come round since {@code lastMs}. */
    boolean isDue(Promise promise, long lastMs, long nowMs) {
        return promise.schedule().isEmpty()
                || promise.schedule()
                        .flatMap(schedule -> schedule.last(Instant.ofEpochMilli(nowMs)))
                        .filter(due -> lastMs < due.toEpochMilli())
                        .isPresent();
    }

    Owner owner(String topic) {
        Owner owner = owners.get(topic);
        return owner == null ? new Owner(ProductName.ofTopic(topic).domain(), "", "") : owner;
    }

    Consumers consumers() {
        return downstream.consumers();
    }

    List<Affected> downstream(DataProduct product) {
        return downstream.of(product.name());
    }
}
