package io.weir.ingest;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one primary key, also after its row was deleted.
 *
 * @param position of the last change seen
 * @param standing whether the product may hold a row under this key
 * @param row the last row in the source; null where there is none or it is not known. Single values may be {@link Image#UNAVAILABLE}
 * @param passedOn whether {@code row} is what went to the product last
 */
record KeyState(
        Position position, boolean standing, @Nullable Object @Nullable [] row, boolean passedOn) {

    /** A key that was never met. */
    static final KeyState NEVER = new KeyState(Position.NEVER, false, null, false);

    boolean isNever() {
        return position.equals(Position.NEVER);
    }
}
