package io.weir.cli.demo;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One statement that changes one row, with its parameters; some of them null. */
record RowChange(ShopStatement statement, List<@Nullable Object> parameters) {

    static RowChange of(ShopStatement statement, @Nullable Object... parameters) {
        return new RowChange(statement, Collections.unmodifiableList(Arrays.asList(parameters)));
    }
}
