package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/**
 * One row that comes ({@code weight} above 0) or goes (below 0), so many times.
 *
 * <p>The element of a Z-set (Budiu et al., DBSP, 2023). Rows are never changed after they are made.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content where it is compared at all
public record Delta(@Nullable Object[] row, long weight) {}
