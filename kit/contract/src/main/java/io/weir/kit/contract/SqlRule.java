package io.weir.kit.contract;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A promise about one row in SQL: ODCS quality of type {@code sql} that counts the rows with a condition and allows none. {@code kit/sql} compiles it.
 *
 * @param name the rule's id or name; {@code sql} where it has neither
 * @param field the column at which it stands; null at the object
 * @param condition what no row may fulfil, over the product's columns
 * @param line of the query in the contract's file, from 1
 * @param column of the query, from 1
 */
public record SqlRule(
        String name,
        @Nullable String field,
        String condition,
        Optional<DataProduct.OnViolation> onViolation,
        int line,
        int column) {}
