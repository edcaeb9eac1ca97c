package io.weir.kit.sql;

import org.jspecify.annotations.Nullable;

/** What generated code implements: expressions over one row. Public because the code is loaded beside, not inside, this package. */
@FunctionalInterface
public interface Evaluator {

    void evaluate(@Nullable Object[] in, @Nullable Object[] out);
}
