package io.weir.kit.sql.change;

import java.util.ArrayList;
import java.util.List;

/** Entries of a state by the moment at which something is to be done with them. Cost: O(log n). */
final class Deadlines {

    private static final int DEADLINE = 2;
    private static final byte[] NOTHING = {};
    private static final int AT_ONCE = 500;

    /** Does what is to be done with an entry. */
    @FunctionalInterface
    interface Due {
        void at(long moment, byte[] entry);
    }

    private final State state;
    private final ByteWriter scratch = new ByteWriter();

    Deadlines(State state) {
        this.state = state;
    }

    void put(long moment, byte[] entry) {
        from(moment);
        scratch.writeBytes(entry);
        byte[] key = scratch.toBytes();
        if (state.get(key) == null) {
            state.put(key, NOTHING);
        }
    }

    /** All entries up to the moment; they are no longer here afterwards, unless they are put again, for later. */
    void until(long moment, Due due) {
        byte[] first = {DEADLINE};
        byte[] end = from(moment + 1);
        boolean more = true;
        while (more) {
            List<byte[]> keys = new ArrayList<>();
            state.range(first, end, (key, _) -> {
                keys.add(key);
                return keys.size() < AT_ONCE;
            });
            for (byte[] key : keys) {
                state.delete(key);
                ByteReader in = new ByteReader(key, 1);
                long at = in.readOrdered();
                due.at(at, in.readBytes(key.length - 1 - Long.BYTES));
            }
            more = !keys.isEmpty();
        }
    }

    private byte[] from(long moment) {
        scratch.reset().writeByte(DEADLINE);
        scratch.writeOrdered(moment);
        return scratch.toBytes();
    }
}
