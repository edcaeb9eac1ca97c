package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Join of two multisets, many to many: on equal keys and, where there is one, a further condition.
 *
 * <p>Bilinear: a change of one side is joined with all that the other side holds under its key. What a row gives by itself (extended by nulls, kept, marked)
 * depends on whether it has a partner, and gives way or returns in the change that brings the first partner or takes the last. Rows with a null key, or that fail
 * their own side's condition, have no partner.
 *
 * <p>State: one index per side, join key and row -> weight; where a further condition decides, for the rows that need it, how many partners they have. A side of which
 * only the presence matters keeps one weight per key. A side that has one row per key when its input stands still keeps its rows together under the key: a change of
 * such a row is one read and one write, and its partner finds it without a scan. Cost: O(log n) and the rows under the key; with a {@link Within} those in its range.
 */
public final class Join {

    /** What comes out: pairs, and rows by themselves. */
    public enum Type {
        INNER(true, false, false),
        /** A left row without a partner is extended by nulls. */
        LEFT(true, true, false),
        RIGHT(true, false, true),
        FULL(true, true, true),
        /** Left rows with a partner. */
        SEMI(false, true, false),
        /** Left rows without one. */
        ANTI(false, true, false),
        /** Left rows, with one more column that says whether they have a partner. */
        MARK(false, true, false);

        private final boolean pairs;
        private final boolean judgesLeft;
        private final boolean judgesRight;

        Type(boolean pairs, boolean judgesLeft, boolean judgesRight) {
            this.pairs = pairs;
            this.judgesLeft = judgesLeft;
            this.judgesRight = judgesRight;
        }

        /** Whether columns of both sides come out. */
        public boolean pairs() {
            return pairs;
        }

        /** Whether a right row without a partner comes out, so that the left columns may be null. */
        public boolean extendsLeft() {
            return judgesRight;
        }

        /** Whether a left row without a partner comes out extended, so that the right columns may be null. */
        public boolean extendsRight() {
            return pairs && judgesLeft;
        }
    }

    /**
     * The range in which the partners of a row lie: {@code low <= left - right <= high}, in the unit of the columns (milliseconds, days, or plain numbers).
     *
     * @param leftColumn integer, date or timestamp, as {@code rightColumn}
     */
    public record Within(int leftColumn, int rightColumn, long low, long high) {}

    /**
     * What is joined on what.
     *
     * @param keyTypes the common type of each pair of key columns
     * @param nullsMatch pairs compared with IS NOT DISTINCT FROM
     * @param within narrows the search for partners; null where nothing does
     * @param oneLeft whether the left keys tell left rows apart, but for the moment in which one replaces another
     * @param oneRight the same of the right side
     */
    public record Spec(
            Type type,
            List<DataType> leftTypes,
            List<DataType> rightTypes,
            List<Integer> leftKeys,
            List<Integer> rightKeys,
            List<DataType> keyTypes,
            List<Boolean> nullsMatch,
            @Nullable Within within,
            boolean oneLeft,
            boolean oneRight) {
        public Spec {
            leftTypes = List.copyOf(leftTypes);
            rightTypes = List.copyOf(rightTypes);
            leftKeys = List.copyOf(leftKeys);
            rightKeys = List.copyOf(rightKeys);
            keyTypes = List.copyOf(keyTypes);
            nullsMatch = List.copyOf(nullsMatch);
        }
    }

    /** Whether a row, or a pair's columns, fulfils a condition. Pure; {@code comes} is false for what goes, whose failures are known. */
    @FunctionalInterface
    public interface Condition {
        boolean holds(@Nullable Object[] row, boolean comes, Collector out);
    }

    /** What must hold besides the keys: of a left row alone, of a right row alone, of both together (the left columns first). */
    public record On(
            @Nullable Condition left,
            @Nullable Condition right,
            @Nullable Condition both) {}

    private final Spec spec;
    private final On on;
    private final Side left;
    private final Side right;

    public Join(Spec spec, On on, State leftState, State rightState) {
        this.spec = spec;
        this.on = on;
        this.left = new Side(true, leftState);
        this.right = new Side(false, rightState);
    }

    public void left(Change change, Collector out) {
        apply(change, left, right, out);
    }

    public void right(Change change, Collector out) {
        apply(change, right, left, out);
    }

    private void apply(Change change, Side self, Side other, Collector out) {
        Map<Bytes, List<Delta>> byKey = new LinkedHashMap<>();
        for (Delta delta : change.deltas()) {
            byte[] key = self.key(delta, out);
            if (key == null) {
                self.alone(delta.row(), false, delta.weight(), out);
            } else if (change.deltas().size() == 1) {
                apply(key, change.deltas(), self, other, out);
            } else {
                byKey.computeIfAbsent(new Bytes(key), _ -> new ArrayList<>(2)).add(delta);
            }
        }
        byKey.forEach((key, deltas) -> apply(key.value(), deltas, self, other, out));
    }

    private void apply(byte[] key, List<Delta> deltas, Side self, Side other, Collector out) {
        if (spec.within() != null) {
            deltas.forEach(delta -> conditionally(key, List.of(delta), self, other, out));
        } else if (on.both() != null) {
            conditionally(key, deltas, self, other, out);
        } else {
            byKey(key, deltas, self, other, out);
        }
    }

    /** Whoever has the key is a partner. */
    private void byKey(byte[] key, List<Delta> deltas, Side self, Side other, Collector out) {
        boolean[] present = self.add(key, deltas, other.judged);
        boolean before = present[0];
        boolean after = present[1];
        boolean[] matched = new boolean[1];
        if (spec.type().pairs() || before != after) {
            other.scan(key, null, (entry, row, weight, partners) -> {
                matched[0] |= weight > 0;
                if (spec.type().pairs()) {
                    for (Delta delta : deltas) {
                        out.add(self.pair(delta.row(), row), Math.multiplyExact(delta.weight(), weight));
                    }
                }
                if (before != after) {
                    other.alone(row, before, -weight, out);
                    other.alone(row, after, weight, out);
                }
            });
        } else if (self.judged) {
            matched[0] = other.isPresent(key);
        }
        if (self.judged) {
            for (Delta delta : deltas) {
                self.alone(delta.row(), matched[0], delta.weight(), out);
            }
        }
    }

    /** Each row counts its partners. */
    private void conditionally(byte[] key, List<Delta> deltas, Side self, Side other, Collector out) {
        long[] partners = new long[deltas.size()];
        List<Entry> recounted = new ArrayList<>();
        other.scan(key, spec.within() == null ? null : deltas.getFirst().row(), (entry, row, weight, before) -> {
            long after = before;
            for (int i = 0; i < partners.length; i++) {
                Delta delta = deltas.get(i);
                @Nullable Object[] pair = self.pair(delta.row(), row);
                if (on.both() == null || on.both().holds(pair, delta.weight() > 0 == weight > 0, out)) {
                    partners[i] = Math.addExact(partners[i], weight);
                    after = Math.addExact(after, delta.weight());
                    if (spec.type().pairs()) {
                        out.add(pair, Math.multiplyExact(delta.weight(), weight));
                    }
                }
            }
            if (other.judged && after != before) {
                recounted.add(new Entry(entry, weight, after));
                if (before > 0 != after > 0) {
                    other.alone(row, before > 0, -weight, out);
                    other.alone(row, after > 0, weight, out);
                }
            }
        });
        recounted.forEach(entry -> other.put(entry.key, entry.weight, entry.partners));
        for (int i = 0; i < partners.length; i++) {
            self.add(key, deltas.get(i), partners[i]);
            self.alone(deltas.get(i).row(), partners[i] > 0, deltas.get(i).weight(), out);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Entry(byte[] key, long weight, long partners) {}

    /** Sees one row of a side. */
    @FunctionalInterface
    private interface Visitor {
        void visit(byte[] entry, @Nullable Object[] row, long weight, long partners);
    }

    /** One side's rows by join key. */
    private final class Side {
        private final boolean isLeft;
        private final boolean judged;
        private final boolean counts;
        private final boolean onlyPresence;
        private final boolean together;
        private final @Nullable Condition alone;
        private final RowFormat rows;
        private final JoinKey keys;
        private final int orderColumn;
        private final State state;
        private final ByteWriter scratch = new ByteWriter();
        private final ByteWriter value = new ByteWriter();

        Side(boolean isLeft, State state) {
            Within within = spec.within();
            this.isLeft = isLeft;
            this.judged = isLeft ? spec.type().judgesLeft : spec.type().judgesRight;
            boolean conditional = on.both() != null || within != null;
            this.counts = conditional && judged;
            this.onlyPresence = !isLeft && !spec.type().pairs() && !conditional;
            this.together = (isLeft ? spec.oneLeft() : spec.oneRight()) && !conditional && !onlyPresence;
            this.alone = isLeft ? on.left() : on.right();
            this.rows = new RowFormat(isLeft ? spec.leftTypes() : spec.rightTypes());
            this.keys = new JoinKey(spec.keyTypes(), isLeft ? spec.leftKeys() : spec.rightKeys(), spec.nullsMatch());
            this.orderColumn = within == null ? -1 : isLeft ? within.leftColumn() : within.rightColumn();
            this.state = state;
        }

        /** Null where the row has no partner whatever the other side holds. */
        byte @Nullable [] key(Delta delta, Collector out) {
            @Nullable Object[] row = delta.row();
            if (orderColumn >= 0 && row[orderColumn] == null) {
                return null;
            }
            if (alone != null && !alone.holds(row, delta.weight() > 0, out)) {
                return null;
            }
            return keys.of(row);
        }

        /** What a row gives by itself. */
        void alone(@Nullable Object[] row, boolean matched, long weight, Collector out) {
            if (!judged) {
                return;
            }
            switch (spec.type()) {
                case SEMI -> {
                    if (matched) {
                        out.add(row, weight);
                    }
                }
                case ANTI -> {
                    if (!matched) {
                        out.add(row, weight);
                    }
                }
                case MARK -> {
                    @Nullable Object[] marked = Arrays.copyOf(row, row.length + 1);
                    marked[row.length] = matched;
                    out.add(marked, weight);
                }
                case INNER, LEFT, RIGHT, FULL -> {
                    if (!matched) {
                        out.add(pair(row, null), weight);
                    }
                }
            }
        }

        /** This side's row beside one of the other side, the left columns first. */
        @Nullable
        Object[] pair(@Nullable Object[] own, @Nullable Object @Nullable [] others) {
            int leftWidth = spec.leftTypes().size();
            @Nullable
            Object[] row = new @Nullable Object[leftWidth + spec.rightTypes().size()];
            System.arraycopy(own, 0, row, isLeft ? 0 : leftWidth, own.length);
            if (others != null) {
                System.arraycopy(others, 0, row, isLeft ? leftWidth : 0, others.length);
            }
            return row;
        }

        /** Adds rows of one key. Tells whether the key has a row before and after it, where that is {@code asked}. */
        boolean[] add(byte[] key, List<Delta> deltas, boolean asked) {
            if (together) {
                return addTogether(key, deltas, asked);
            }
            boolean before = asked && isPresent(key);
            boolean added = false;
            for (Delta delta : deltas) {
                added |= add(key, delta, 0) > 0;
            }
            return new boolean[] {before, asked && (added || isPresent(key))};
        }

        private boolean[] addTogether(byte[] key, List<Delta> deltas, boolean asked) {
            Map<Bytes, Long> weights = new LinkedHashMap<>();
            boolean before = false;
            byte[] stored = state.get(key);
            if (stored != null) {
                for (ByteReader in = new ByteReader(stored); in.hasMore(); ) {
                    long weight = in.readLong();
                    weights.put(new Bytes(in.readBytes((int) in.readLong())), weight);
                    before |= weight > 0;
                }
            }
            for (Delta delta : deltas) {
                weights.merge(new Bytes(rows.encode(delta.row())), delta.weight(), Math::addExact);
            }
            boolean after = false;
            value.reset();
            for (Map.Entry<Bytes, Long> entry : weights.entrySet()) {
                long weight = entry.getValue();
                if (weight != 0) {
                    byte[] row = entry.getKey().value();
                    value.writeLong(weight);
                    value.writeLong(row.length);
                    value.writeBytes(row);
                    after |= weight > 0;
                }
            }
            if (value.size() > 0) {
                byte[] bytes = value.toBytes();
                if (!Arrays.equals(bytes, stored)) {
                    state.put(key, bytes);
                }
            } else if (stored != null) {
                state.delete(key);
            }
            return new boolean[] {asked && before, asked && after};
        }

        /** Gives the row's weight, as it is then. */
        long add(byte[] key, Delta delta, long partners) {
            scratch.reset().writeBytes(key);
            if (!onlyPresence) {
                if (orderColumn >= 0) {
                    scratch.writeOrdered(order(delta.row()));
                }
                rows.write(delta.row(), scratch);
            }
            byte[] entry = scratch.toBytes();
            byte[] before = state.get(entry);
            long weight = Math.addExact(before == null ? 0 : new ByteReader(before).readLong(), delta.weight());
            put(entry, weight, partners);
            return weight;
        }

        void put(byte[] entry, long weight, long partners) {
            if (weight == 0) {
                state.delete(entry);
                return;
            }
            value.reset().writeLong(weight);
            if (counts) {
                value.writeLong(partners);
            }
            state.put(entry, value.toBytes());
        }

        /** The rows under a key; where {@code partner}, a row of the other side, is given, those in its range. */
        void scan(byte[] key, @Nullable Object @Nullable [] partner, Visitor visitor) {
            Within within = spec.within();
            if (together) {
                byte[] stored = state.get(key);
                if (stored != null) {
                    for (ByteReader in = new ByteReader(stored); in.hasMore(); ) {
                        long weight = in.readLong();
                        visitor.visit(key, rows.decode(in.readBytes((int) in.readLong())), weight, 0);
                    }
                }
                return;
            }
            if (within == null || partner == null) {
                state.scan(key, (entry, bytes) -> visit(entry, key.length, bytes, visitor));
                return;
            }
            long at = ((Number) java.util.Objects.requireNonNull(
                            partner[isLeft ? within.rightColumn() : within.leftColumn()]))
                    .longValue();
            long first = isLeft ? plus(at, within.low()) : minus(at, within.high());
            long last = isLeft ? plus(at, within.high()) : minus(at, within.low());
            int rowAt = key.length + Long.BYTES;
            state.range(
                    at(key, first), State.after(at(key, last)), (entry, bytes) -> visit(entry, rowAt, bytes, visitor));
        }

        private byte[] at(byte[] key, long order) {
            scratch.reset().writeBytes(key);
            scratch.writeOrdered(order);
            return scratch.toBytes();
        }

        private boolean visit(byte[] entry, int rowAt, byte[] bytes, Visitor visitor) {
            ByteReader in = new ByteReader(bytes);
            long weight = in.readLong();
            visitor.visit(entry, rows.read(new ByteReader(entry, rowAt)), weight, counts ? in.readLong() : 0);
            return true;
        }

        /** Whether the key has a row. */
        boolean isPresent(byte[] key) {
            boolean[] found = new boolean[1];
            if (together) {
                scan(key, null, (_, _, weight, _) -> found[0] |= weight > 0);
                return found[0];
            }
            state.scan(key, (_, bytes) -> {
                found[0] = new ByteReader(bytes).readLong() > 0;
                return !found[0];
            });
            return found[0];
        }

        private long order(@Nullable Object[] row) {
            return ((Number) java.util.Objects.requireNonNull(row[orderColumn])).longValue();
        }
    }

    /** An open end of a range stays open. */
    private static long plus(long a, long b) {
        long sum = a + b;
        return ((a ^ sum) & (b ^ sum)) < 0 ? (b < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
    }

    private static long minus(long a, long b) {
        return b == Long.MIN_VALUE ? Long.MAX_VALUE : b == Long.MAX_VALUE ? Long.MIN_VALUE : plus(a, -b);
    }
}
