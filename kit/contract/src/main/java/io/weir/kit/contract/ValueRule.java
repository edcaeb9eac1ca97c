package io.weir.kit.contract;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A rule about one column's value; null keeps it. */
record ValueRule(
        String name,
        String field,
        String demand,
        int position,
        Predicate<Object> test,
        Optional<DataProduct.OnViolation> onViolation)
        implements RowRule {

    @Override
    public boolean holds(@Nullable Object[] row) {
        Object value = row[position];
        return value == null || test.test(value);
    }
}
