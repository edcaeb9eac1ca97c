package io.weir.kit.contract;

import org.jspecify.annotations.Nullable;

/** Bytes that do not read as their schema says, or a value that does not fit its column. Its message names the field and never holds data. */
public final class RowCodecException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final @Nullable String field;

    RowCodecException(@Nullable String field, String message, @Nullable Throwable cause) {
        super(field == null ? message : "field \"%s\": %s".formatted(field, message), cause);
        this.field = field;
    }

    /** The field at which it went wrong, or null where it is the record as a whole. */
    public @Nullable String field() {
        return field;
    }
}
