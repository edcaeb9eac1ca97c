package io.weir.kit.sql;

import io.weir.kit.sql.function.ValueException;
import org.apache.calcite.linq4j.function.Strict;

/** What PostgreSQL does where Java or Calcite does not. Null in, null out. Public for generated code. */
@Strict
public final class PostgresFunctions {

    private PostgresFunctions() {}

    /** An {@link ArithmeticException} where the divisor is zero; the result does not overflow silently either. */
    public static double divide(double dividend, double divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("division by zero");
        }
        double quotient = dividend / divisor;
        if (Double.isInfinite(quotient) && !Double.isInfinite(dividend)) {
            throw new ArithmeticException("overflow");
        }
        return quotient;
    }

    /** The nearest integer, of two the even one, as a cast of a floating-point number rounds. */
    public static double round(double number) {
        return Math.rint(number);
    }

    /** True; a {@link ValueException} where a subquery that should give a value has so many rows. */
    public static boolean isOnlyRow(long rows) {
        if (rows > 1) {
            throw new ValueException("the subquery gives more than one row where one value is needed");
        }
        return true;
    }
}
