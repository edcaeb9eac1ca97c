package io.weir.kit.sql.change;

import org.jspecify.annotations.Nullable;

/** BOOL_AND (the least) and BOOL_OR (the greatest): how often each of the two values is there. */
final class AllOrAny implements Accumulator {

    private final boolean any;
    private long trues;
    private long falses;

    AllOrAny(boolean any) {
        this.any = any;
    }

    @Override
    public void add(Object value, long weight) {
        if ((Boolean) value) {
            trues = Math.addExact(trues, weight);
        } else {
            falses = Math.addExact(falses, weight);
        }
    }

    @Override
    public @Nullable Object result() {
        if (trues <= 0 && falses <= 0) {
            return null;
        }
        return any ? trues > 0 : falses <= 0;
    }

    @Override
    public boolean isEmpty() {
        return trues == 0 && falses == 0;
    }

    @Override
    public void read(ByteReader in) {
        trues = in.readLong();
        falses = in.readLong();
    }

    @Override
    public void write(ByteWriter out) {
        out.writeLong(trues);
        out.writeLong(falses);
    }
}
