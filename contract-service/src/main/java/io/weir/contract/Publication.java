package io.weir.contract;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What became of one product's contract and schemas in the registry.
 *
 * @param detail why it is not published, and what to do; null when it is
 * @param keySchema content id of the key's schema; null until published
 * @param valueSchema content id of the value's schema; null until published
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Publication(
        State state,
        @Nullable String detail,
        @Nullable Long keySchema,
        @Nullable Long valueSchema) {

    /** {@code PENDING}: not tried yet, or the registry is away. {@code REFUSED}: stays so until the contract changes. */
    public enum State {
        PENDING,
        PUBLISHED,
        REFUSED
    }

    static Publication pending(String detail) {
        return new Publication(State.PENDING, detail, null, null);
    }

    static Publication refused(String detail) {
        return new Publication(State.REFUSED, detail, null, null);
    }

    static Publication published(long keySchema, long valueSchema) {
        return new Publication(State.PUBLISHED, null, keySchema, valueSchema);
    }
}
