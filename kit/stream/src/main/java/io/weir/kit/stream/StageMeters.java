package io.weir.kit.stream;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.ValueAtPercentile;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * What one stage counts: rows in, out, quarantined by reason, stopped by kind, and freshness from source commit to write.
 *
 * <p>Thread-safe. Meters are {@code weir.stage.rows} (tags {@code stage}, {@code outcome}, {@code reason}) and {@code weir.stage.freshness}.
 */
public final class StageMeters {

    private static final String ROWS = "weir.stage.rows";

    private final MeterRegistry registry;
    private final Clock clock;
    private final String stage;
    private final Counter in;
    private final Counter out;
    private final Map<ReasonCode, Counter> quarantined = new EnumMap<>(ReasonCode.class);
    private final Map<String, Counter> stopped = new ConcurrentHashMap<>();
    private final Timer freshness;

    public StageMeters(StageId stage, MeterRegistry registry, Clock clock) {
        this.registry = registry;
        this.clock = clock;
        this.stage = stage.toString();
        this.in = counter("in", "none");
        this.out = counter("out", "none");
        for (ReasonCode reason : ReasonCode.values()) {
            quarantined.put(reason, counter("quarantined", reason.name()));
        }
        this.freshness = Timer.builder("weir.stage.freshness")
                .description("Source commit to write by this stage")
                .tag("stage", this.stage)
                .publishPercentiles(0.5, 0.99)
                .distributionStatisticExpiry(Duration.ofMinutes(1))
                .maximumExpectedValue(Duration.ofHours(1))
                .register(registry);
    }

    /** A change was read. */
    public void in() {
        in.increment();
    }

    /** A change was written, of one row. {@code sourceTimestampMs} as in {@link #fresh}. */
    public void out(long sourceTimestampMs) {
        out();
        fresh(sourceTimestampMs);
    }

    /** A row was written. */
    public void out() {
        out.increment();
    }

    /** Rows of a change were written. {@code sourceTimestampMs} is its commit time in the source; below 0 where unknown. */
    public void fresh(long sourceTimestampMs) {
        if (sourceTimestampMs >= 0) {
            freshness.record(Math.max(0, clock.millis() - sourceTimestampMs), TimeUnit.MILLISECONDS);
        }
    }

    public void quarantined(ReasonCode reason) {
        counterOf(reason).increment();
    }

    /** A change went no further, rightly: {@code replay}, {@code echo}, {@code unchanged}. */
    public void stopped(String kind) {
        stopped.computeIfAbsent(kind, k -> counter("stopped", k)).increment();
    }

    /** A row broke this rule of a contract that says {@code warn}, and was written all the same. */
    public void warned(String rule) {
        counter("warned", rule).increment();
    }

    public long rowsIn() {
        return (long) in.count();
    }

    public long rowsOut() {
        return (long) out.count();
    }

    public long rowsQuarantined() {
        return (long) quarantined.values().stream().mapToDouble(Counter::count).sum();
    }

    public long rowsStopped() {
        return (long) stopped.values().stream().mapToDouble(Counter::count).sum();
    }

    /** Freshness at this percentile (0.5 or 0.99) over the last minute, in ms; -1 where nothing was written. */
    public long freshnessMs(double percentile) {
        var snapshot = freshness.takeSnapshot();
        for (ValueAtPercentile value : snapshot.percentileValues()) {
            if (value.percentile() == percentile && value.value() > 0) {
                return (long) value.value(TimeUnit.MILLISECONDS);
            }
        }
        return -1;
    }

    private Counter counterOf(ReasonCode reason) {
        Counter counter = quarantined.get(reason);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + reason);
        }
        return counter;
    }

    private Counter counter(String outcome, String reason) {
        return Counter.builder(ROWS)
                .description("Rows by what became of them")
                .tags("stage", stage, "outcome", outcome, "reason", reason)
                .register(registry);
    }
}
