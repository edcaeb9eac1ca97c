package io.weir.kit.sql.change;

import io.weir.kit.contract.DataType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Temporal join: each left row with the one right row (the version) of its key whose time is the last that is not after the left row's.
 *
 * <p>A version that comes, late too, takes over the left rows from its time to the next version's, from the version before it; one that goes gives them back. Of
 * versions with one time the last in the order of their bytes is valid.
 *
 * <p>State: both sides by key and time -> weight. Cost: O(log n) for a left row; for a version O(log n) and the left rows in its time.
 */
public final class AsOf {

    /**
     * What is joined on what.
     *
     * @param keyTypes the common type of each pair of key columns
     * @param leftTime integer, date or timestamp, as {@code rightTime}
     * @param outer whether left rows without a version stay
     */
    public record Spec(
            List<DataType> leftTypes,
            List<DataType> rightTypes,
            List<Integer> leftKeys,
            List<Integer> rightKeys,
            List<DataType> keyTypes,
            int leftTime,
            int rightTime,
            boolean outer) {
        public Spec {
            leftTypes = List.copyOf(leftTypes);
            rightTypes = List.copyOf(rightTypes);
            leftKeys = List.copyOf(leftKeys);
            rightKeys = List.copyOf(rightKeys);
            keyTypes = List.copyOf(keyTypes);
        }
    }

    private final Spec spec;
    private final JoinKey leftKey;
    private final JoinKey rightKey;
    private final RowFormat leftRows;
    private final RowFormat rightRows;
    private final State lefts;
    private final State versions;
    private final WeightedIndex leftIndex;
    private final WeightedIndex rightIndex;
    private final ByteWriter scratch = new ByteWriter();

    public AsOf(Spec spec, State lefts, State versions) {
        this.spec = spec;
        List<Boolean> nullsMatch = spec.keyTypes().stream().map(_ -> false).toList();
        this.leftKey = new JoinKey(spec.keyTypes(), spec.leftKeys(), nullsMatch);
        this.rightKey = new JoinKey(spec.keyTypes(), spec.rightKeys(), nullsMatch);
        this.leftRows = new RowFormat(spec.leftTypes());
        this.rightRows = new RowFormat(spec.rightTypes());
        this.lefts = lefts;
        this.versions = versions;
        this.leftIndex = new WeightedIndex(lefts);
        this.rightIndex = new WeightedIndex(versions);
    }

    public void left(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            byte[] key = leftKey.of(delta.row());
            if (key == null || delta.row()[spec.leftTime()] == null) {
                give(delta.row(), null, delta.weight(), out);
                continue;
            }
            byte[] at = at(key, time(delta.row(), spec.leftTime()));
            byte[] version = last(at(key, Long.MIN_VALUE), State.after(at));
            leftIndex.add(entry(at, delta.row(), leftRows), delta.weight());
            give(delta.row(), version == null ? null : version(key, version), delta.weight(), out);
        }
    }

    public void right(Change change, Collector out) {
        for (Delta delta : change.deltas()) {
            byte[] key = rightKey.of(delta.row());
            if (key != null && delta.row()[spec.rightTime()] != null) {
                right(key, delta, out);
            }
        }
    }

    private void right(byte[] key, Delta delta, Collector out) {
        byte[] from = at(key, time(delta.row(), spec.rightTime()));
        byte[] entry = entry(from, delta.row(), rightRows);
        long after = rightIndex.add(entry, delta.weight());
        boolean wasThere = after - delta.weight() > 0;
        boolean isThere = after > 0;
        if (wasThere == isThere) {
            return;
        }
        byte[] previous = last(at(key, Long.MIN_VALUE), entry);
        byte[] next = first(following(entry), State.after(key));
        @Nullable Object[] before = previous == null ? null : version(key, previous);
        byte[] until = next == null ? State.after(key) : Arrays.copyOf(next, from.length);
        lefts.range(from, until, (left, bytes) -> {
            @Nullable Object[] row = leftRows.read(new ByteReader(left, from.length));
            long weight = new ByteReader(bytes).readLong();
            give(row, wasThere ? delta.row() : before, -weight, out);
            give(row, isThere ? delta.row() : before, weight, out);
            return true;
        });
    }

    private void give(@Nullable Object[] left, @Nullable Object @Nullable [] version, long weight, Collector out) {
        if (version == null && !spec.outer()) {
            return;
        }
        @Nullable
        Object[] row = Arrays.copyOf(left, left.length + spec.rightTypes().size());
        if (version != null) {
            System.arraycopy(version, 0, row, left.length, version.length);
        }
        out.add(row, weight);
    }

    private @Nullable Object[] version(byte[] key, byte[] entry) {
        return rightRows.read(new ByteReader(entry, key.length + Long.BYTES));
    }

    /** The last version of a range that is there. */
    private byte @Nullable [] last(byte[] from, byte @Nullable [] to) {
        byte[][] found = new byte[1][];
        versions.rangeBack(from, to, (entry, bytes) -> isNone(entry, bytes, found));
        return found[0];
    }

    private byte @Nullable [] first(byte[] from, byte @Nullable [] to) {
        byte[][] found = new byte[1][];
        versions.range(from, to, (entry, bytes) -> isNone(entry, bytes, found));
        return found[0];
    }

    private static boolean isNone(byte[] entry, byte[] bytes, byte[][] found) {
        if (new ByteReader(bytes).readLong() > 0) {
            found[0] = entry;
        }
        return found[0] == null;
    }

    private byte[] at(byte[] key, long time) {
        scratch.reset().writeBytes(key);
        scratch.writeOrdered(time);
        return scratch.toBytes();
    }

    private byte[] entry(byte[] at, @Nullable Object[] row, RowFormat rows) {
        scratch.reset().writeBytes(at);
        rows.write(row, scratch);
        return scratch.toBytes();
    }

    /** The least bytes above these. */
    private static byte[] following(byte[] entry) {
        return Arrays.copyOf(entry, entry.length + 1);
    }

    private static long time(@Nullable Object[] row, int column) {
        return ((Number) java.util.Objects.requireNonNull(row[column])).longValue();
    }
}
