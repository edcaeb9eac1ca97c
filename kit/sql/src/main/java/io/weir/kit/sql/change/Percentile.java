package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate.Call;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * PERCENTILE_CONT and PERCENTILE_DISC, exact: the group's values in order, and a finger on the one at the fraction, which a change moves by as many values as it
 * adds or takes.
 */
final class Percentile implements Accumulator {

    private final Call call;
    private final BigDecimal fraction;
    private final OrderedEntries entries;
    private long count;

    /** The entry at the fraction, and how many values are before its first. */
    private byte @Nullable [] finger;

    private long before;

    Percentile(Call call, int position, byte[] group, State values) {
        if (!(call.constant() instanceof BigDecimal number)) {
            throw new IllegalStateException("no fraction: " + call);
        }
        this.call = call;
        this.fraction = number;
        this.entries = new OrderedEntries(call, position, group, values);
    }

    @Override
    public void addRow(@Nullable Object[] row, Object argument, long weight) {
        byte[] entry = entries.entry(row, argument);
        long after = entries.add(entry, weight);
        long change = Math.max(0, after) - Math.max(0, after - weight);
        count += change;
        if (finger == null) {
            finger = entry;
            before = 0;
        } else if (Arrays.compareUnsigned(entry, finger) < 0) {
            before += change;
        }
        seat();
    }

    @Override
    public void add(Object value, long weight) {
        throw new IllegalStateException("the row is needed");
    }

    private void seat() {
        if (count <= 0) {
            finger = null;
            before = 0;
            return;
        }
        long target = position();
        while (finger != null) {
            long here = Math.max(0, entries.weight(finger));
            if (target < before) {
                finger = entries.previous(finger);
                before -= finger == null ? 0 : entries.weight(finger);
            } else if (target >= before + here) {
                finger = entries.next(finger);
                before += here;
            } else {
                return;
            }
        }
        throw new IllegalStateException("the values are not as many as were counted");
    }

    /** From 0, of the value that is asked for or of the last one at or before the point between two. */
    private long position() {
        BigDecimal n = BigDecimal.valueOf(count);
        return call.function() == Aggregate.Function.PERCENTILE_DISC
                ? Math.max(
                        0,
                        fraction.multiply(n).setScale(0, RoundingMode.CEILING).longValueExact() - 1)
                : point().setScale(0, RoundingMode.FLOOR).longValueExact();
    }

    private BigDecimal point() {
        return fraction.multiply(BigDecimal.valueOf(count - 1));
    }

    @Override
    public @Nullable Object result() {
        if (finger == null) {
            return null;
        }
        Object value = entries.value(finger);
        if (call.function() == Aggregate.Function.PERCENTILE_DISC) {
            return value;
        }
        BigDecimal beyond = point().subtract(BigDecimal.valueOf(position()));
        Object upper = value;
        if (beyond.signum() > 0 && position() + 1 >= before + entries.weight(finger)) {
            byte[] next = entries.next(finger);
            upper = next == null ? value : entries.value(next);
        }
        return between(value, upper, beyond);
    }

    private @Nullable Object between(@Nullable Object lower, @Nullable Object upper, BigDecimal beyond) {
        if (lower instanceof BigDecimal a && upper instanceof BigDecimal b) {
            BigDecimal value = a.add(b.subtract(a).multiply(beyond));
            return call.resultType() instanceof DataType.Decimal decimal
                    ? (Object) value.setScale(decimal.scale(), RoundingMode.HALF_UP)
                    : (Object) value.round(MathContext.DECIMAL64).doubleValue();
        }
        if (lower instanceof Number a && upper instanceof Number b) {
            double value = a.doubleValue() + (b.doubleValue() - a.doubleValue()) * beyond.doubleValue();
            return call.resultType() instanceof DataType.Real ? (Object) (float) value : (Object) value;
        }
        throw new IllegalStateException("nothing is between " + call.argumentType());
    }

    @Override
    public boolean isEmpty() {
        return finger == null;
    }

    @Override
    public void read(ByteReader in) {
        count = in.readLong();
        before = in.readLong();
        finger = entries.read(in);
    }

    @Override
    public void write(ByteWriter out) {
        out.writeLong(count);
        out.writeLong(before);
        entries.write(finger, out);
    }
}
