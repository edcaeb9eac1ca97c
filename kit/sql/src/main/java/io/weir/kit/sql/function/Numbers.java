package io.weir.kit.sql.function;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.apache.calcite.linq4j.function.Strict;

/** PostgreSQL's functions of numbers. Null in, null out; what has no result is an {@link ArithmeticException} or a {@link ValueException}. */
@Strict
public final class Numbers {

    private static final int MAX_DIGITS = 38;

    private Numbers() {}

    public static double trunc(double number) {
        return number < 0 ? Math.ceil(number) : Math.floor(number);
    }

    public static BigDecimal trunc(BigDecimal number) {
        return number.setScale(0, RoundingMode.DOWN);
    }

    public static BigDecimal trunc(BigDecimal number, int digits) {
        return number.setScale(Math.min(digits, number.scale()), RoundingMode.DOWN);
    }

    public static int abs(int number) {
        return Math.absExact(number);
    }

    public static long abs(long number) {
        return Math.absExact(number);
    }

    public static BigDecimal abs(BigDecimal number) {
        return number.abs();
    }

    public static double abs(double number) {
        return Math.abs(number);
    }

    public static double power(double base, double exponent) {
        if (base == 0 && exponent < 0) {
            throw new ValueException("zero raised to a negative power");
        }
        if (base < 0 && exponent != Math.rint(exponent)) {
            throw new ValueException("a negative number raised to a power that is no integer");
        }
        return finite(Math.pow(base, exponent), base, exponent);
    }

    public static double sqrt(double number) {
        if (number < 0) {
            throw new ValueException("the square root of a negative number");
        }
        return Math.sqrt(number);
    }

    public static double exp(double number) {
        return finite(Math.exp(number), number, 0);
    }

    public static double ln(double number) {
        positive(number);
        return Math.log(number);
    }

    public static double log(double number) {
        positive(number);
        return Math.log10(number);
    }

    public static double log(double base, double number) {
        positive(base);
        double divisor = Math.log(base);
        if (divisor == 0) {
            throw new ArithmeticException("division by zero");
        }
        return ln(number) / divisor;
    }

    private static void positive(double number) {
        if (number <= 0) {
            throw new ValueException("the logarithm of a number that is not above zero");
        }
    }

    private static double finite(double result, double a, double b) {
        if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
            throw new ArithmeticException("overflow");
        }
        return result;
    }

    public static BigDecimal quotient(BigDecimal dividend, BigDecimal divisor, int scale) {
        if (divisor.signum() == 0) {
            throw new ArithmeticException("division by zero");
        }
        BigDecimal quotient = dividend.divide(divisor, scale, RoundingMode.HALF_UP);
        if (quotient.precision() > MAX_DIGITS) {
            throw new ArithmeticException("overflow");
        }
        return quotient;
    }

    public static int div(int dividend, int divisor) {
        return Math.divideExact(dividend, divisor);
    }

    public static long div(long dividend, long divisor) {
        return Math.divideExact(dividend, divisor);
    }

    public static BigDecimal div(BigDecimal dividend, BigDecimal divisor) {
        return dividend.divideToIntegralValue(divisor).setScale(0, RoundingMode.DOWN);
    }

    public static long gcd(long a, long b) {
        return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact();
    }

    public static long lcm(long a, long b) {
        return a == 0 || b == 0 ? 0 : Math.absExact(Math.multiplyExact(a / gcd(a, b), b));
    }

    /** The number by its first three digits, so within 0.5 %; within 1 % where it would not fit otherwise. */
    public static int approximate(int number) {
        BigDecimal rounded = rounded(BigDecimal.valueOf(number), RoundingMode.HALF_UP);
        return (rounded.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
                        ? rounded(BigDecimal.valueOf(number), RoundingMode.DOWN)
                        : rounded)
                .intValueExact();
    }

    public static long approximate(long number) {
        BigDecimal rounded = rounded(BigDecimal.valueOf(number), RoundingMode.HALF_UP);
        return (rounded.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                        ? rounded(BigDecimal.valueOf(number), RoundingMode.DOWN)
                        : rounded)
                .longValueExact();
    }

    public static BigDecimal approximate(BigDecimal number) {
        BigDecimal rounded = rounded(number, RoundingMode.HALF_UP).setScale(number.scale(), RoundingMode.UNNECESSARY);
        return rounded.precision() > number.precision()
                ? rounded(number, RoundingMode.DOWN).setScale(number.scale(), RoundingMode.UNNECESSARY)
                : rounded;
    }

    public static double approximate(double number) {
        return Double.isFinite(number)
                ? rounded(BigDecimal.valueOf(number), RoundingMode.HALF_UP).doubleValue()
                : number;
    }

    private static BigDecimal rounded(BigDecimal number, RoundingMode mode) {
        return number.round(new MathContext(3, mode));
    }

    /** In which of {@code buckets} equal parts of the range the number lies: 1 to {@code buckets}, 0 before, {@code buckets + 1} behind. */
    public static int widthBucket(BigDecimal number, BigDecimal low, BigDecimal high, int buckets) {
        if (buckets <= 0) {
            throw new ValueException("a number of buckets that is not above zero");
        }
        int direction = low.compareTo(high);
        if (direction == 0) {
            throw new ValueException("a lower bound that equals the upper one");
        }
        BigDecimal from = direction < 0 ? number.subtract(low) : low.subtract(number);
        BigDecimal range = high.subtract(low).abs();
        if (from.signum() < 0) {
            return 0;
        }
        return from.compareTo(range) >= 0
                ? Math.addExact(buckets, 1)
                : from.multiply(BigDecimal.valueOf(buckets))
                                .divideToIntegralValue(range)
                                .intValueExact()
                        + 1;
    }

    public static int widthBucket(double number, double low, double high, int buckets) {
        if (!Double.isFinite(low) || !Double.isFinite(high) || Double.isNaN(number)) {
            throw new ValueException("bounds of buckets that are not finite");
        }
        if (Double.isInfinite(number)) {
            return (number > 0) == (high > low) ? buckets + 1 : 0;
        }
        return widthBucket(BigDecimal.valueOf(number), BigDecimal.valueOf(low), BigDecimal.valueOf(high), buckets);
    }
}
