package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/** Takes the deltas that an operator gives. */
@FunctionalInterface
public interface Collector {

    void add(@Nullable Object[] row, long weight);

    /** A condition failed on a row that came: the row counts as if the condition did not hold. */
    default void failed(@Nullable Object[] row, Exception failure) {
        throw new IllegalStateException(failure);
    }
}
