package io.weir.kit.sql.spi;

import io.weir.kit.contract.DataType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A function of SQL, written in Java: one row's values in, one value out.
 *
 * <p>A jar in {@code functions/} of the domain's folder names its functions in {@code META-INF/services/io.weir.kit.sql.spi.ScalarFunction}. Each jar has a class
 * loader of its own. A function is used by several threads at once, and gives the same result for the same values, always: what was added to a sum is taken out
 * with it again.
 */
public interface ScalarFunction {

    /** By which SQL calls it: lower-case letters, digits and _. One that PostgreSQL has stays PostgreSQL's. */
    String name();

    List<DataType> parameters();

    DataType returns();

    /** Whether a null among the arguments makes the result null, without a call. */
    default boolean isStrict() {
        return true;
    }

    /**
     * @param arguments values as {@link DataType} has them
     * @return a value of {@link #returns}, or null
     * @throws RuntimeException where there is no result: the row goes to quarantine, or where the column's policy sends it; its message is not shown, as it may
     *     hold data
     */
    @Nullable
    Object call(@Nullable Object... arguments);
}
