package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import io.weir.kit.sql.change.Aggregate.Call;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one aggregate call remembers of one group: enough to take a value in and out again. */
interface Accumulator {

    void add(Object value, long weight);

    /** As {@link #add}, for those that need more of the row than the argument. */
    default void addRow(@Nullable Object[] row, Object argument, long weight) {
        add(argument, weight);
    }

    /** A row whose argument is null, which most do not count. */
    default void addNull(@Nullable Object[] row, long weight) {}

    @Nullable
    Object result();

    boolean isEmpty();

    void read(ByteReader in);

    void write(ByteWriter out);

    static Accumulator of(Call call, int position, byte[] group, State values) {
        Accumulator plain = plain(call, position, group, values);
        return call.addsDistinctValues() ? new DistinctValues(plain, call, position, group, values) : plain;
    }

    private static Accumulator plain(Call call, int position, byte[] group, State values) {
        boolean truth = call.argumentType() instanceof DataType.Bool;
        boolean floating =
                call.argumentType() instanceof DataType.Real || call.argumentType() instanceof DataType.DoublePrecision;
        return switch (call.function()) {
            case COUNT -> new Count();
            case APPROX_COUNT_DISTINCT -> new ApproximateCount(call, position, group, values);
            case SUM, AVG -> floating ? new FloatingSum(call) : new ExactSum(call);
            case MIN -> truth ? new AllOrAny(false) : new Extreme(call, position, group, values, false);
            case MAX -> truth ? new AllOrAny(true) : new Extreme(call, position, group, values, true);
            case VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> new Moments(call);
            case FIRST_BY -> new FirstBy(call, position, group, values);
            case STRING_AGG, ARRAY_AGG -> new GatheredValues(call, position, group, values);
            case PERCENTILE_CONT, PERCENTILE_DISC -> new Percentile(call, position, group, values);
        };
    }

    final class Count implements Accumulator {
        private long count;

        @Override
        public void add(Object value, long weight) {
            count = Math.addExact(count, weight);
        }

        @Override
        public Object result() {
            return count;
        }

        @Override
        public boolean isEmpty() {
            return count == 0;
        }

        @Override
        public void read(ByteReader in) {
            count = in.readLong();
        }

        @Override
        public void write(ByteWriter out) {
            out.writeLong(count);
        }
    }

    /** Of integers and decimals: the unscaled sum, as a long while it fits. */
    final class ExactSum implements Accumulator {
        private final Call call;
        private final int scale;
        private long count;
        private long small;
        private BigInteger big = BigInteger.ZERO;

        ExactSum(Call call) {
            this.call = call;
            this.scale = call.argumentType() instanceof DataType.Decimal decimal ? decimal.scale() : 0;
        }

        @Override
        public void add(Object value, long weight) {
            count = Math.addExact(count, weight);
            if (value instanceof BigDecimal decimal) {
                BigInteger unscaled =
                        decimal.setScale(scale, RoundingMode.UNNECESSARY).unscaledValue();
                if (unscaled.bitLength() < Long.SIZE) {
                    add(unscaled.longValue(), weight);
                } else {
                    big = big.add(unscaled.multiply(BigInteger.valueOf(weight)));
                }
            } else {
                add(((Number) value).longValue(), weight);
            }
        }

        private void add(long value, long weight) {
            long high = Math.multiplyHigh(value, weight);
            long low = value * weight;
            long sum = small + low;
            boolean fits = high == low >> 63 && ((small ^ sum) & (low ^ sum)) >= 0;
            if (fits) {
                small = sum;
            } else {
                big = big.add(BigInteger.valueOf(value).multiply(BigInteger.valueOf(weight)));
            }
        }

        private BigInteger total() {
            return big.add(BigInteger.valueOf(small));
        }

        @Override
        public @Nullable Object result() {
            if (count == 0) {
                return null;
            }
            BigDecimal sum = new BigDecimal(total(), scale);
            BigDecimal value = call.function() == Aggregate.Function.AVG
                    ? sum.divide(BigDecimal.valueOf(count), resultScale(), RoundingMode.HALF_UP)
                    : sum;
            return switch (call.resultType()) {
                case DataType.Decimal decimal -> value.setScale(decimal.scale(), RoundingMode.HALF_UP);
                case DataType.BigInt _ -> value.longValueExact();
                case DataType.Int _ -> value.intValueExact();
                case DataType.DoublePrecision _ -> value.doubleValue();
                case DataType.Real _ -> value.floatValue();
                case DataType.Bool _,
                        DataType.Varchar _,
                        DataType.Date _,
                        DataType.Time _,
                        DataType.Timestamp _,
                        DataType.Varbinary _,
                        DataType.Array _,
                        DataType.Struct _,
                        DataType.Mapping _ -> throw new IllegalStateException("no sum is a " + call.resultType());
            };
        }

        private int resultScale() {
            return call.resultType() instanceof DataType.Decimal decimal ? decimal.scale() : 20;
        }

        @Override
        public boolean isEmpty() {
            return count == 0 && total().signum() == 0;
        }

        @Override
        public void read(ByteReader in) {
            count = in.readLong();
            int size = (int) in.readLong();
            BigInteger total = new BigInteger(in.readBytes(size));
            if (total.bitLength() < Long.SIZE) {
                small = total.longValue();
            } else {
                big = total;
            }
        }

        @Override
        public void write(ByteWriter out) {
            byte[] total = total().toByteArray();
            out.writeLong(count);
            out.writeLong(total.length);
            out.writeBytes(total);
        }
    }

    /** Of floating-point numbers: each is an exact binary fraction, so their exact sum is kept, and rounded only when read. */
    final class FloatingSum implements Accumulator {
        private final Call call;
        private long count;
        private long nans;
        private long infinities;
        private long negativeInfinities;
        private BigDecimal sum = BigDecimal.ZERO;

        FloatingSum(Call call) {
            this.call = call;
        }

        @Override
        public void add(Object value, long weight) {
            double number = ((Number) value).doubleValue();
            count = Math.addExact(count, weight);
            if (Double.isNaN(number)) {
                nans += weight;
            } else if (Double.isInfinite(number)) {
                if (number > 0) {
                    infinities += weight;
                } else {
                    negativeInfinities += weight;
                }
            } else {
                sum = sum.add(new BigDecimal(number).multiply(BigDecimal.valueOf(weight)));
            }
        }

        @Override
        public @Nullable Object result() {
            if (count == 0) {
                return null;
            }
            double value = value();
            return call.resultType() instanceof DataType.Real ? (Object) (float) value : (Object) value;
        }

        private double value() {
            if (nans > 0 || (infinities > 0 && negativeInfinities > 0)) {
                return Double.NaN;
            }
            if (infinities > 0) {
                return Double.POSITIVE_INFINITY;
            }
            if (negativeInfinities > 0) {
                return Double.NEGATIVE_INFINITY;
            }
            return call.function() == Aggregate.Function.AVG
                    ? sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128)
                            .doubleValue()
                    : sum.doubleValue();
        }

        @Override
        public boolean isEmpty() {
            return count == 0 && nans == 0 && infinities == 0 && negativeInfinities == 0 && sum.signum() == 0;
        }

        @Override
        public void read(ByteReader in) {
            count = in.readLong();
            nans = in.readLong();
            infinities = in.readLong();
            negativeInfinities = in.readLong();
            int scale = (int) in.readLong();
            int size = (int) in.readLong();
            sum = new BigDecimal(new BigInteger(in.readBytes(size)), scale);
        }

        @Override
        public void write(ByteWriter out) {
            BigDecimal shortest = sum.signum() == 0 ? BigDecimal.ZERO : sum.stripTrailingZeros();
            byte[] unscaled = shortest.unscaledValue().toByteArray();
            out.writeLong(count);
            out.writeLong(nans);
            out.writeLong(infinities);
            out.writeLong(negativeInfinities);
            out.writeLong(shortest.scale());
            out.writeLong(unscaled.length);
            out.writeBytes(unscaled);
        }
    }

    /** MIN or MAX: the group's values in order, each with its number; the first one is also kept with the group. */
    final class Extreme implements Accumulator {
        private final SortFormat order;
        private final WeightedIndex values;
        private final byte[] prefix;
        private final ByteWriter scratch = new ByteWriter();
        private byte @Nullable [] firstEntry;
        private @Nullable Object first;

        /** An entry is the group, the call, and the value in its order. */
        Extreme(Call call, int position, byte[] group, State state, boolean descending) {
            this.order = new SortFormat(List.of(new SortFormat.Order(0, call.argumentType(), descending, false)));
            this.values = new WeightedIndex(state);
            scratch.writeBytes(group);
            scratch.writeByte(position);
            this.prefix = scratch.toBytes();
        }

        @Override
        public void add(Object value, long weight) {
            byte[] entry = entry(value);
            long after = values.add(entry, weight);
            boolean isFirst = firstEntry == null || Arrays.compareUnsigned(entry, firstEntry) < 0;
            if (after > 0 && isFirst) {
                firstEntry = entry;
                first = value;
            } else if (after <= 0 && Arrays.equals(entry, firstEntry)) {
                firstEntry = values.first(prefix);
                first = firstEntry == null ? null : value(firstEntry);
            }
        }

        private byte[] entry(@Nullable Object value) {
            @Nullable Object[] row = {value};
            scratch.reset().writeBytes(prefix);
            order.write(row, scratch);
            return scratch.toBytes();
        }

        private @Nullable Object value(byte[] entry) {
            return order.read(new ByteReader(entry, prefix.length))[0];
        }

        @Override
        public @Nullable Object result() {
            return first;
        }

        @Override
        public boolean isEmpty() {
            return firstEntry == null;
        }

        @Override
        public void read(ByteReader in) {
            int size = (int) in.readLong();
            if (size > 0) {
                scratch.reset().writeBytes(prefix);
                scratch.writeBytes(in.readBytes(size));
                firstEntry = scratch.toBytes();
                first = value(firstEntry);
            }
        }

        @Override
        public void write(ByteWriter out) {
            byte[] entry = firstEntry;
            if (entry == null) {
                out.writeLong(0);
            } else {
                int size = entry.length - prefix.length;
                out.writeLong(size);
                out.writeBytes(entry, prefix.length, size);
            }
        }
    }
}
