package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comparisons of a row's values with the current time: each row with their truth as further columns, which changes by itself as time goes on.
 *
 * <p>Time is what {@link #tick} said last; it never goes back, also over a restart. A row whose conditions are going to change waits in the state under the moment of
 * the next change.
 *
 * <p>State: the waiting rows by moment -> weight, and the time. Cost: O(log n) per delta and per change of a condition; a row that does not wait costs nothing.
 */
public final class TimedConditions {

    public enum Comparison {
        LESS,
        AT_MOST,
        EQUAL,
        NOT_EQUAL,
        AT_LEAST,
        GREATER
    }

    /** {@code function(now) comparison column}. */
    public record Condition(ClockFunction function, Comparison comparison, int column) {}

    public record Spec(List<DataType> types, List<Condition> conditions) {
        public Spec {
            types = List.copyOf(types);
            conditions = List.copyOf(conditions);
        }
    }

    private static final byte[] TIME = {0};
    private static final byte[] WAITING = {1};
    private static final int MOMENT = WAITING.length + 8;
    private static final int AT_ONCE = 500;

    private final Spec spec;
    private final RowFormat rows;
    private final State state;
    private final WeightedIndex waiting;
    private final ByteWriter scratch = new ByteWriter();
    private long now;
    private boolean kept;

    public TimedConditions(Spec spec, State state) {
        this.spec = spec;
        this.rows = new RowFormat(spec.types());
        this.state = state;
        this.waiting = new WeightedIndex(state);
        byte[] time = state.get(TIME);
        this.now = time == null ? Long.MIN_VALUE : new ByteReader(time).readLong();
    }

    public void apply(Change change, Collector out) {
        keepTime();
        for (Delta delta : change.deltas()) {
            out.add(withConditions(delta.row(), now), delta.weight());
            await(delta.row(), now, delta.weight());
        }
    }

    /** What changes until then, {@code nowMs} included. */
    public void tick(long nowMs, Collector out) {
        if (nowMs <= now) {
            return;
        }
        boolean fired = false;
        boolean more = true;
        while (more) {
            List<byte[]> due = new ArrayList<>();
            List<Long> weights = new ArrayList<>();
            state.range(WAITING, until(nowMs), (key, value) -> {
                due.add(key);
                weights.add(new ByteReader(value).readLong());
                return due.size() < AT_ONCE;
            });
            for (int i = 0; i < due.size(); i++) {
                change(due.get(i), weights.get(i), out);
            }
            more = !due.isEmpty();
            fired |= more;
        }
        now = nowMs;
        kept = false;
        if (fired) {
            keepTime();
        }
    }

    private void change(byte[] key, long weight, Collector out) {
        long moment = moment(key);
        @Nullable Object[] row = rows.read(new ByteReader(key, MOMENT));
        state.delete(key);
        out.add(withConditions(row, moment - 1), -weight);
        out.add(withConditions(row, moment), weight);
        await(row, moment, weight);
    }

    private void keepTime() {
        if (!kept) {
            state.put(TIME, scratch.reset().writeLong(now).toBytes());
            kept = true;
        }
    }

    /** Puts the row under the next moment after {@code since} at which a condition changes, if there is one. */
    private void await(@Nullable Object[] row, long since, long weight) {
        long next = Long.MAX_VALUE;
        for (Condition condition : spec.conditions()) {
            Object value = row[condition.column()];
            if (value != null) {
                long compared = ((Number) value).longValue();
                next = earlier(next, since, condition.function().firstAtLeast(compared));
                next = earlier(next, since, condition.function().firstAtLeast(compared + 1));
            }
        }
        if (next != Long.MAX_VALUE) {
            scratch.reset().writeBytes(WAITING);
            scratch.writeBigEndian(next ^ Long.MIN_VALUE, 8);
            rows.write(row, scratch);
            waiting.add(scratch.toBytes(), weight);
        }
    }

    private static long earlier(long next, long since, long moment) {
        return moment > since && moment < next ? moment : next;
    }

    private @Nullable Object[] withConditions(@Nullable Object[] row, long at) {
        @Nullable
        Object[] result = Arrays.copyOf(row, row.length + spec.conditions().size());
        for (int i = 0; i < spec.conditions().size(); i++) {
            Condition condition = spec.conditions().get(i);
            Object value = row[condition.column()];
            result[row.length + i] = value == null ? null : (Object) holds(condition, ((Number) value).longValue(), at);
        }
        return result;
    }

    private static boolean holds(Condition condition, long value, long at) {
        boolean atLeast = at >= condition.function().firstAtLeast(value);
        boolean greater = atLeast && at >= condition.function().firstAtLeast(value + 1);
        return switch (condition.comparison()) {
            case LESS -> !atLeast;
            case AT_MOST -> !greater;
            case EQUAL -> atLeast && !greater;
            case NOT_EQUAL -> !atLeast || greater;
            case AT_LEAST -> atLeast;
            case GREATER -> greater;
        };
    }

    private byte[] until(long nowMs) {
        scratch.reset().writeBytes(WAITING);
        scratch.writeBigEndian((nowMs + 1) ^ Long.MIN_VALUE, 8);
        return scratch.toBytes();
    }

    private static long moment(byte[] key) {
        long moment = 0;
        for (int i = WAITING.length; i < MOMENT; i++) {
            moment = (moment << 8) | (key[i] & 0xFF);
        }
        return moment ^ Long.MIN_VALUE;
    }
}
