package io.weir.kit.contract;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A column that may not be null. */
record PresentRule(String name, String field, int position, Optional<DataProduct.OnViolation> onViolation)
        implements RowRule {

    @Override
    public String demand() {
        return "a value";
    }

    @Override
    public boolean holds(@Nullable Object[] row) {
        return row[position] != null;
    }
}
