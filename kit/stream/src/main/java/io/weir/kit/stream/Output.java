package io.weir.kit.stream;

import org.jspecify.annotations.Nullable;

/** What a stage's operators say about one output row; the gate turns it into records. */
public sealed interface Output {

    /**
     * The row that now stands under its key, in the output product's column order.
     *
     * @param count how often it is there now: 1, unless the whole row is the key
     */
    record Upsert(@Nullable Object[] row, long count) implements Output {

        /** A row that is there once. */
        public Upsert(@Nullable Object[] row) {
            this(row, 1);
        }
    }

    /** Nothing stands under this key any more. The key's columns in the order of the product's key; all columns where the whole row is the key. */
    record Delete(@Nullable Object[] key) implements Output {}

    /**
     * A row that cannot become output.
     *
     * @param rule the rule or expression that it broke; null where the reason says all
     * @param field the column concerned; null where none
     * @param detail for a person; never holds the row's data
     * @param key the bytes of the key that was read or would have been written
     * @param value the bytes of the value that was read or would have been written
     * @param input {@code topic-partition@offset} where the row was read, null where the row was computed
     * @param form what the bytes of the value are: {@link QuarantineHeaders#FORM_READ} or {@link QuarantineHeaders#FORM_JSON}
     */
    record Rejected(
            ReasonCode reason,
            @Nullable String rule,
            @Nullable String field,
            String detail,
            byte @Nullable [] key,
            byte @Nullable [] value,
            @Nullable String input,
            String form)
            implements Output {

        /** A row whose bytes stand as they were read. */
        public Rejected(
                ReasonCode reason,
                @Nullable String rule,
                @Nullable String field,
                String detail,
                byte @Nullable [] key,
                byte @Nullable [] value,
                @Nullable String input) {
            this(reason, rule, field, detail, key, value, input, QuarantineHeaders.FORM_READ);
        }
    }
}
