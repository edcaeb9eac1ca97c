package io.weir.kit.contract;

import java.util.List;
import java.util.stream.Collectors;

/** A JSON object that is no row of its type; every field that is wrong. Its message never holds the values. */
public final class JsonRowException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * One wrong field.
     *
     * @param rule {@code type}, {@code required} or {@code unknown}
     * @param message what is wrong and what to write
     */
    public record FieldError(String field, String rule, String message) {}

    private final transient List<FieldError> errors;

    JsonRowException(List<FieldError> errors) {
        super(errors.stream()
                .map(error -> "%s: %s".formatted(error.field(), error.message()))
                .collect(Collectors.joining("; ")));
        this.errors = List.copyOf(errors);
    }

    public List<FieldError> errors() {
        return errors;
    }
}
