package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate.Call;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * VAR_POP, VAR_SAMP, STDDEV_POP and STDDEV_SAMP: the exact sums of the values and of their squares, rounded only when read, so that nothing drifts and nothing
 * cancels out.
 */
final class Moments implements Accumulator {

    private static final MathContext DIGITS = new MathContext(40);

    private final Call call;
    private long count;
    private long notFinite;
    private BigDecimal sum = BigDecimal.ZERO;
    private BigDecimal squares = BigDecimal.ZERO;

    Moments(Call call) {
        this.call = call;
    }

    @Override
    public void add(Object value, long weight) {
        count = Math.addExact(count, weight);
        BigDecimal number = exact(value);
        if (number == null) {
            notFinite += weight;
            return;
        }
        BigDecimal times = BigDecimal.valueOf(weight);
        sum = sum.add(number.multiply(times));
        squares = squares.add(number.multiply(number).multiply(times));
    }

    private static @Nullable BigDecimal exact(Object value) {
        return switch (value) {
            case BigDecimal decimal -> decimal;
            case Double number -> Double.isFinite(number) ? new BigDecimal(number) : null;
            case Float number -> Float.isFinite(number) ? new BigDecimal(number) : null;
            case Number number -> BigDecimal.valueOf(number.longValue());
            default -> throw new IllegalStateException("no number: " + value.getClass());
        };
    }

    @Override
    public @Nullable Object result() {
        boolean sample =
                switch (call.function()) {
                    case VAR_SAMP, STDDEV_SAMP -> true;
                    default -> false;
                };
        if (count < (sample ? 2 : 1)) {
            return null;
        }
        boolean root =
                switch (call.function()) {
                    case STDDEV_POP, STDDEV_SAMP -> true;
                    default -> false;
                };
        if (notFinite != 0) {
            return of(Double.NaN);
        }
        BigDecimal n = BigDecimal.valueOf(count);
        BigDecimal above = n.multiply(squares).subtract(sum.multiply(sum));
        BigDecimal below = n.multiply(sample ? BigDecimal.valueOf(count - 1) : n);
        BigDecimal variance = above.signum() <= 0 ? BigDecimal.ZERO : above.divide(below, DIGITS);
        BigDecimal value = root ? variance.sqrt(DIGITS) : variance;
        return call.resultType() instanceof DataType.Decimal decimal
                ? (Object) value.setScale(decimal.scale(), RoundingMode.HALF_UP)
                : of(value.doubleValue());
    }

    private Object of(double value) {
        return call.resultType() instanceof DataType.Real ? (Object) (float) value : (Object) value;
    }

    @Override
    public boolean isEmpty() {
        return count == 0 && notFinite == 0 && sum.signum() == 0 && squares.signum() == 0;
    }

    @Override
    public void read(ByteReader in) {
        count = in.readLong();
        notFinite = in.readLong();
        sum = readDecimal(in);
        squares = readDecimal(in);
    }

    @Override
    public void write(ByteWriter out) {
        out.writeLong(count);
        out.writeLong(notFinite);
        writeDecimal(sum, out);
        writeDecimal(squares, out);
    }

    private static BigDecimal readDecimal(ByteReader in) {
        int scale = (int) in.readLong();
        int size = (int) in.readLong();
        return new BigDecimal(new BigInteger(in.readBytes(size)), scale);
    }

    private static void writeDecimal(BigDecimal value, ByteWriter out) {
        BigDecimal shortest = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
        byte[] unscaled = shortest.unscaledValue().toByteArray();
        out.writeLong(shortest.scale());
        out.writeLong(unscaled.length);
        out.writeBytes(unscaled);
    }
}
