package io.weir.ingest;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A row after a change, as the source told it: complete, with gaps, or not fit for the contract. */
sealed interface Image {

    /** Stands in a row for a value that the source did not send because the change left it alone (TOAST). */
    Object UNAVAILABLE = new Object() {
        @Override
        public String toString() {
            return "unavailable";
        }
    };

    /** Values in the order of the contract's columns, {@link #UNAVAILABLE} among them. */
    record Row(@Nullable Object[] values) implements Image {}

    /**
     * A row that has no form in the contract's types.
     *
     * @param rule {@code column}: the source has no such column; {@code type}: the value does not convert without loss
     */
    record Unfit(String rule, String field, String detail) implements Image {}

    /** The position of the first value that is missing. */
    static Optional<Integer> firstUnavailable(@Nullable Object[] values) {
        for (int i = 0; i < values.length; i++) {
            if (values[i] == UNAVAILABLE) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }
}
