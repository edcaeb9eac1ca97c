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

    /** A row that came, or was to go, counts no more: its window of event time has closed. It has the columns of the operator's input. */
    default void late(@Nullable Object[] row, long weight) {
        throw new IllegalStateException("nothing is late here");
    }

    /** All that came before is given; event time has come so far. */
    default void watermark(long time) {}
}
