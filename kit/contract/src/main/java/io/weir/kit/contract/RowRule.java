package io.weir.kit.contract;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A promise about one column that a single row can break.
 *
 * <p>Pure: no clock, no I/O. The detail never holds the row's data.
 */
public interface RowRule {

    /** The rule's name in headers and metrics: {@code required}, {@code maxLength}, {@code pattern} ... */
    String name();

    /** The column that it watches. */
    String field();

    /** What the rule demands, for a person: {@code "at most 254 characters"}. */
    String demand();

    /** Whether the row keeps the promise; a null value keeps every rule but {@code required}. */
    boolean holds(@Nullable Object[] row);

    /** What happens to a row that breaks it; empty where the product's own word holds. */
    default Optional<DataProduct.OnViolation> onViolation() {
        return Optional.empty();
    }
}
