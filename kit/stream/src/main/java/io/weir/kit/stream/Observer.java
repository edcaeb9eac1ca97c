package io.weir.kit.stream;

import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.Promise;
import io.weir.kit.contract.RowRule;
import io.weir.kit.stream.Observation.Bad;
import io.weir.kit.stream.Observation.ColumnProfile;
import io.weir.kit.stream.Observation.Repeats;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.theta.UpdatableThetaSketch;
import org.jspecify.annotations.Nullable;

/**
 * Profiles what a gate writes, in memory, until it is taken.
 *
 * <p>Bounds: counts, nulls and, where a promise counts rows, keys are of every row, the columns' sketches of the first {@value #WHOLE} rows of an interval and every {@value #STRIDE}th beyond; the
 * first {@value #MOST_COLUMNS} columns; keys 16 KB, deleted keys 16 KB, each promise of unique values 64 KB, each column 0.6 KB and a numeric one 3 KB more. Columns that
 * are classified, and such as make the key, have no quantiles unless a promise asks for them: values do not leave the topic that way. Not thread-safe.
 */
final class Observer {

    static final int WHOLE = 2_000;
    static final int STRIDE = 61;
    static final int MOST_COLUMNS = 32;
    private static final int MOST_DELETED = 10_000;
    private static final int LG_KEYS = 11;
    private static final int LG_REPEATS = 12;
    private static final int LG_DISTINCT = 10;
    private static final int KLL = 128;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** One column of the product, and what it has gathered. */
    private static final class Watched {
        final int position;
        final boolean numeric;
        HllSketch distinct = new HllSketch(LG_DISTINCT);
        KllDoublesSketch quantiles = KllDoublesSketch.newHeapInstance(KLL);
        double sum;
        long numbers;
        long nulls;

        @Nullable
        String firstNull;

        Watched(int position, boolean numeric) {
            this.position = position;
            this.numeric = numeric;
        }

        void sample(Object value) {
            switch (value) {
                case String text -> distinct.update(text);
                case Long number -> distinct.update(number);
                case Integer number -> distinct.update(number.longValue());
                case byte[] bytes -> distinct.update(bytes);
                default -> distinct.update(value.toString());
            }
            if (numeric && value instanceof Number number) {
                double exact = number.doubleValue();
                quantiles.update(exact);
                sum += exact;
                numbers++;
            }
        }

        ColumnProfile take() {
            ColumnProfile profile = new ColumnProfile(
                    nulls,
                    firstNull,
                    distinct.toCompactByteArray(),
                    numeric && numbers > 0 ? quantiles.toByteArray() : null,
                    sum,
                    numbers);
            distinct = new HllSketch(LG_DISTINCT);
            quantiles = KllDoublesSketch.newHeapInstance(KLL);
            sum = 0;
            numbers = 0;
            nulls = 0;
            firstNull = null;
            return profile;
        }
    }

    /** A promise whose bad rows are counted. */
    private static final class Counted {
        final String promise;
        final RowRule rule;
        long rows;

        @Nullable
        String first;

        long firstMs;

        Counted(String promise, RowRule rule) {
            this.promise = promise;
            this.rule = rule;
        }
    }

    /** A promise of values that do not repeat. */
    private static final class Unique {
        final String promise;
        final int[] positions;
        UpdatableThetaSketch pairs = theta(LG_REPEATS);
        UpdatableThetaSketch values = theta(LG_REPEATS);

        Unique(String promise, int[] positions) {
            this.promise = promise;
            this.positions = positions;
        }
    }

    private final DataProduct product;
    private final StageId stage;
    private final int partition;
    private final Watched[] columns;
    private final List<Counted> counted = new ArrayList<>();
    private final List<Unique> uniques = new ArrayList<>();
    private final boolean countsKeys;
    private final int eventTime;
    private final boolean eventDays;
    private final Map<ReasonCode, Long> quarantined = new EnumMap<>(ReasonCode.class);
    private final Set<ByteBuffer> deleted = new HashSet<>();

    private UpdatableThetaSketch keys = theta(LG_KEYS);
    private KllDoublesSketch lateness = KllDoublesSketch.newHeapInstance(KLL);
    private long fromMs;
    private long rows;
    private long deletes;
    private long sampled;
    private long lastWrittenMs;
    private long lastSourceMs;
    private long lastEventMs;
    private @Nullable String lastInput;
    private @Nullable String loop;

    Observer(DataProduct product, StageId stage, int partition, long nowMs) {
        this.product = product;
        this.stage = stage;
        this.partition = partition;
        this.fromMs = nowMs;
        List<Column> all = product.rowType().columns();
        this.columns = new Watched[Math.min(MOST_COLUMNS, all.size())];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = new Watched(i, all.get(i).type().isNumeric() && mayBeTold(all.get(i), i));
        }
        for (Promise promise : product.settings().promises()) {
            if (!promise.isKeptByTheGate(product.onViolation())) {
                promise.bad().ifPresent(rule -> counted.add(new Counted(promise.id(), rule)));
            }
            if (promise.metric() == Promise.Metric.DUPLICATE_VALUES) {
                uniques.add(new Unique(
                        promise.id(),
                        promise.columns().stream()
                                .mapToInt(product.rowType()::indexOf)
                                .toArray()));
            }
        }
        this.countsKeys = product.settings().promises().stream()
                .anyMatch(promise -> promise.metric() == Promise.Metric.ROW_COUNT);
        this.eventTime =
                product.settings().eventTime().map(product.rowType()::indexOf).orElse(-1);
        this.eventDays = eventTime >= 0 && all.get(eventTime).type() instanceof DataType.Date;
    }

    /** A row was written; {@code place} names its input where that is to be remembered. */
    void wrote(@Nullable Object[] row, byte[] key, long sourceMs, long nowMs, Supplier<@Nullable String> place) {
        rows++;
        came(sourceMs, nowMs);
        if (countsKeys) {
            keys.update(hash(key));
            if (!deleted.isEmpty()) {
                deleted.remove(ByteBuffer.wrap(key));
            }
        }
        boolean sample = rows <= WHOLE || rows % STRIDE == 0;
        if (sample) {
            sampled++;
            lastInput = place.get();
            if (sourceMs > 0) {
                lateness.update((double) Math.max(0, nowMs - sourceMs));
            }
        }
        for (Watched column : columns) {
            Object value = row[column.position];
            if (value == null) {
                if (column.nulls++ == 0) {
                    column.firstNull = place.get();
                }
            } else if (sample) {
                column.sample(value);
            }
        }
        if (eventTime >= 0 && row[eventTime] instanceof Number time) {
            lastEventMs = Math.max(lastEventMs, eventDays ? time.longValue() * 86_400_000L : time.longValue());
        }
        for (Counted one : counted) {
            if (!one.rule.holds(row) && one.rows++ == 0) {
                one.first = place.get();
                one.firstMs = nowMs;
            }
        }
        for (Unique unique : uniques) {
            repeat(unique, row, key);
        }
    }

    private static void repeat(Unique unique, @Nullable Object[] row, byte[] key) {
        StringBuilder values = new StringBuilder();
        for (int position : unique.positions) {
            Object value = row[position];
            if (value == null) {
                return; // As in SQL, null is equal to nothing.
            }
            values.append(value instanceof byte[] bytes ? Arrays.toString(bytes) : value)
                    .append('\u0001');
        }
        unique.values.update(values.toString());
        for (byte one : key) {
            values.append((char) (one & 0xff));
        }
        unique.pairs.update(values.toString());
    }

    /** A tombstone was written. */
    void deleted(byte[] key, long sourceMs, long nowMs) {
        deletes++;
        came(sourceMs, nowMs);
        if (countsKeys && deleted.size() < MOST_DELETED) {
            deleted.add(ByteBuffer.wrap(key));
        }
    }

    private void came(long sourceMs, long nowMs) {
        lastWrittenMs = nowMs;
        lastSourceMs = Math.max(lastSourceMs, sourceMs);
    }

    void quarantined(ReasonCode reason, String path) {
        quarantined.merge(reason, 1L, Long::sum);
        if (reason == ReasonCode.LOOP) {
            loop = path;
        }
    }

    /** What was gathered since the last time; where nothing happened it says just that, and is small. */
    Observation take(long nowMs) {
        long from = fromMs;
        fromMs = nowMs;
        Map<String, Long> reasons = new TreeMap<>();
        quarantined.forEach((reason, count) -> reasons.put(reason.name(), count));
        Map<String, Bad> bad = new TreeMap<>();
        for (Counted one : counted) {
            if (one.rows > 0) {
                bad.put(one.promise, new Bad(one.rows, one.first, one.firstMs));
                one.rows = 0;
                one.first = null;
            }
        }
        Map<String, Repeats> repeats = new TreeMap<>();
        for (Unique unique : rows == 0 ? List.<Unique>of() : uniques) {
            repeats.put(unique.promise, new Repeats(bytes(unique.pairs), bytes(unique.values)));
            unique.pairs = theta(LG_REPEATS);
            unique.values = theta(LG_REPEATS);
        }
        Map<String, ColumnProfile> profiles = new LinkedHashMap<>();
        for (Watched column : rows == 0 ? new Watched[0] : columns) {
            profiles.put(product.rowType().columns().get(column.position).name(), column.take());
        }
        byte[] deletedKeys = null;
        if (!deleted.isEmpty()) {
            UpdatableThetaSketch gone = theta(LG_KEYS);
            deleted.forEach(key -> gone.update(hash(key)));
            deletedKeys = bytes(gone);
        }
        Observation observation = new Observation(
                product.name().topic(),
                stage.toString(),
                partition,
                from,
                nowMs,
                rows,
                deletes,
                sampled,
                lastWrittenMs,
                lastSourceMs,
                lastEventMs,
                lastInput,
                bytes(keys),
                deletedKeys,
                lateness.isEmpty() ? null : lateness.toByteArray(),
                reasons,
                bad,
                repeats,
                loop,
                profiles);
        forget();
        return observation;
    }

    private void forget() {
        keys = theta(LG_KEYS);
        lateness = KllDoublesSketch.newHeapInstance(KLL);
        quarantined.clear();
        deleted.clear();
        rows = 0;
        deletes = 0;
        sampled = 0;
        lastWrittenMs = 0;
        lastSourceMs = 0;
        lastEventMs = 0;
        lastInput = null;
        loop = null;
    }

    private boolean mayBeTold(Column column, int position) {
        boolean asked = product.settings().promises().stream()
                .anyMatch(promise -> column.name().equals(promise.field()));
        return asked || (!product.key().contains(position) && !product.isClassified(column.name()));
    }

    /** FNV-1a of 64 bits: a sketch's own hash of an array costs several times as much, for every row. */
    private static long hash(byte[] key) {
        long hash = FNV_BASIS;
        for (byte one : key) {
            hash = (hash ^ (one & 0xff)) * FNV_PRIME;
        }
        return hash;
    }

    private static long hash(ByteBuffer key) {
        byte[] bytes = new byte[key.remaining()];
        key.duplicate().get(bytes);
        return hash(bytes);
    }

    private static UpdatableThetaSketch theta(int logEntries) {
        return UpdatableThetaSketch.builder().setLogNominalEntries(logEntries).build();
    }

    private static byte[] bytes(UpdatableThetaSketch sketch) {
        return sketch.compact().toByteArray();
    }
}
