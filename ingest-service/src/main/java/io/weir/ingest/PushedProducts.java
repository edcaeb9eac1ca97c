package io.weir.ingest;

import io.weir.kit.contract.DataProduct;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The products that can be pushed, by name, and the source that each belongs to. */
final class PushedProducts {

    /** A product and who pushes it: {@code push:<source>}. */
    record Pushed(DataProduct product, String origin) {}

    private final Map<String, Pushed> byName = new TreeMap<>();

    void add(DataProduct product, String origin) {
        byName.merge(
                product.name().product(),
                new Pushed(product, origin),
                (one, other) ->
                        one.product().name().major() > other.product().name().major() ? one : other);
    }

    Optional<Pushed> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    List<String> names() {
        return List.copyOf(byName.keySet());
    }
}
