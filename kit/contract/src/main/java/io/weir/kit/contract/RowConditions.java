package io.weir.kit.contract;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Compiles what {@link SqlRule}s say. Found with {@link java.util.ServiceLoader}: {@code kit/sql} holds the compiler, this module knows no SQL. */
public interface RowConditions {

    /**
     * Whether a row fulfils the rule's condition: true only, as in WHERE; also where an expression of it fails on the row. Safe for any thread.
     *
     * @throws ProblemsException where the condition does not fit the product's columns
     */
    Predicate<@Nullable Object[]> compile(DataProduct product, SqlRule rule);
}
