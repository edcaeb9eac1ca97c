package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/** Takes the deltas that an operator gives. */
@FunctionalInterface
public interface Collector {

    void add(@Nullable Object[] row, long weight);
}
