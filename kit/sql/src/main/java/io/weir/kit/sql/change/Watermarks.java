package io.weir.kit.sql.change;

import java.util.HashMap;
import java.util.Map;

/**
 * How far event time has come in all partitions that rows come from: as far as in the last of them, apart from silent ones. It never goes back, and nothing is known
 * before each partition has been heard.
 *
 * <p>State: one entry per partition, and what they have come to.
 */
final class Watermarks {

    /** The watermark of a partition that others do not wait for. */
    static final long IDLE = Long.MAX_VALUE;

    private static final int PARTITION = 0;
    private static final byte[] REACHED = {1};

    private final State state;
    private final int partitions;
    private final Map<Integer, Long> watermarks = new HashMap<>();
    private final ByteWriter scratch = new ByteWriter();
    private long reached;
    private boolean read;

    Watermarks(State state, int partitions) {
        this.state = state;
        this.partitions = partitions;
    }

    private void read() {
        if (read) {
            return;
        }
        read = true;
        state.scan(new byte[] {PARTITION}, (key, value) -> {
            watermarks.put((int) new ByteReader(key, 1).readLong(), new ByteReader(value).readLong());
            return true;
        });
        byte[] kept = state.get(REACHED);
        reached = kept == null ? Long.MIN_VALUE : new ByteReader(kept).readLong();
    }

    /** No row before it comes any more, but for those that are late. */
    long reached() {
        read();
        return reached;
    }

    /** Whether event time goes on by what a partition tells. */
    boolean advance(int from, long watermark) {
        read();
        Long before = watermarks.put(from, watermark);
        if (before != null && before == watermark) {
            return false;
        }
        scratch.reset().writeByte(PARTITION);
        byte[] key = scratch.writeLong(from).toBytes();
        state.put(key, scratch.reset().writeLong(watermark).toBytes());
        if (watermarks.size() < partitions) {
            return false;
        }
        long least = watermarks.values().stream().mapToLong(time -> time).min().orElse(IDLE);
        if (least == IDLE || least <= reached) {
            return false;
        }
        reached = least;
        state.put(REACHED, scratch.reset().writeLong(reached).toBytes());
        return true;
    }
}
