package io.weir.kit.sql.change;

import io.weir.kit.sql.change.Aggregate.Call;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.codec.digest.MurmurHash3;
import org.jspecify.annotations.Nullable;

/**
 * APPROX_COUNT_DISTINCT: HyperLogLog that can forget. Each register remembers how many rows gave it each rank, so that a rank goes when its last row goes; the group's
 * entry has the number of registers by their highest rank, from which the estimate follows without looking at the registers.
 *
 * <p>The estimate is a function of the rows that are there: neither their order nor what has gone matters. Standard error 0.8 %, far less below a thousand values.
 * State: an entry for each register and rank, 2^14 registers and not more ranks than log2 of the values. Cost: O(log n).
 *
 * <p>The estimator is the improved raw one of Otmar Ertl, "New cardinality estimation algorithms for HyperLogLog sketches", 2017, section 4.
 */
final class ApproximateCount implements Accumulator {

    private static final int REGISTER_BITS = 14;
    private static final int REGISTERS = 1 << REGISTER_BITS;
    private static final int HIGHEST_RANK = Long.SIZE - REGISTER_BITS + 1;

    private final RowFormat format;
    private final WeightedIndex ranks;
    private final byte[] prefix;
    private final ByteWriter scratch = new ByteWriter();

    /** The number of registers by their highest rank; 0: the register is empty. */
    private final int[] registers = new int[HIGHEST_RANK + 1];

    /** An entry is the group, the call, the register, and the rank, the highest first. */
    ApproximateCount(Call call, int position, byte[] group, State state) {
        this.format = new RowFormat(List.of(call.argumentType()));
        this.ranks = new WeightedIndex(state);
        scratch.writeBytes(group);
        scratch.writeByte(position);
        this.prefix = scratch.toBytes();
        registers[0] = REGISTERS;
    }

    @Override
    public void add(Object value, long weight) {
        long hash = MurmurHash3.hash128x64(format.encode(new @Nullable Object[] {value}))[0];
        int number = (int) (hash >>> (Long.SIZE - REGISTER_BITS));
        int rank = Math.min(HIGHEST_RANK, Long.numberOfLeadingZeros(hash << REGISTER_BITS) + 1);
        scratch.reset().writeBytes(prefix);
        scratch.writeByte(number >>> Byte.SIZE);
        scratch.writeByte(number);
        byte[] register = scratch.toBytes();
        scratch.writeByte(HIGHEST_RANK - rank);
        byte[] entry = scratch.toBytes();

        long after = ranks.add(entry, weight);
        boolean is = after > 0;
        boolean was = after - weight > 0;
        if (is == was) {
            return;
        }
        int others = rank(others(register, entry));
        if (others < rank) {
            registers[is ? others : rank]--;
            registers[is ? rank : others]++;
        }
    }

    /** The first entry of the register but for this one. */
    private byte @Nullable [] others(byte[] register, byte[] entry) {
        byte[] first = ranks.first(register);
        return Arrays.equals(first, entry) ? ranks.next(register, entry) : first;
    }

    private static int rank(byte @Nullable [] entry) {
        return entry == null ? 0 : HIGHEST_RANK - entry[entry.length - 1];
    }

    @Override
    public Object result() {
        double m = REGISTERS;
        double z = m * tau(1 - registers[HIGHEST_RANK] / m);
        for (int rank = HIGHEST_RANK - 1; rank > 0; rank--) {
            z = 0.5 * (z + registers[rank]);
        }
        z += m * sigma(registers[0] / m);
        return Math.round(m * m / (2 * Math.log(2) * z));
    }

    private static double sigma(double share) {
        if (share == 1) {
            return Double.POSITIVE_INFINITY;
        }
        double x = share;
        double y = 1;
        double z = x;
        double before;
        do {
            x *= x;
            before = z;
            z += x * y;
            y += y;
        } while (z != before);
        return z;
    }

    private static double tau(double share) {
        if (share == 0 || share == 1) {
            return 0;
        }
        double x = share;
        double y = 1;
        double z = 1 - x;
        double before;
        do {
            x = Math.sqrt(x);
            before = z;
            y *= 0.5;
            z -= (1 - x) * (1 - x) * y;
        } while (z != before);
        return z / 3;
    }

    @Override
    public boolean isEmpty() {
        return registers[0] == REGISTERS;
    }

    @Override
    public void read(ByteReader in) {
        int size = in.readByte();
        for (int i = 0; i < size; i++) {
            int rank = in.readByte();
            registers[rank] = (int) in.readLong();
            registers[0] -= registers[rank];
        }
    }

    @Override
    public void write(ByteWriter out) {
        int size = 0;
        for (int rank = 1; rank < registers.length; rank++) {
            size += registers[rank] == 0 ? 0 : 1;
        }
        out.writeByte(size);
        for (int rank = 1; rank < registers.length; rank++) {
            if (registers[rank] != 0) {
                out.writeByte(rank);
                out.writeLong(registers[rank]);
            }
        }
    }
}
