package io.weir.contract;

import io.weir.kit.contract.Bound;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.Promise;
import io.weir.kit.contract.Promise.Unit;
import io.weir.kit.stream.Observation;
import io.weir.kit.stream.Observation.Bad;
import io.weir.kit.stream.Observation.ColumnProfile;
import io.weir.kit.stream.Observation.Repeats;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.theta.ThetaSketch;
import org.jspecify.annotations.Nullable;

/** Measures what a promise is about. Pure: the time is given, and all that was observed. */
final class Measures {

    /**
     * All that is known of a product when it is judged.
     *
     * @param window what was written within the last {@code windowMs}; null where nothing was
     * @param knownMs up to when it is known what was written
     * @param usual what was written at such a time before; null where there is no history
     * @param usualMs how much time that was
     * @param available share of the time in which its stage ran, in percent; -1 where unknown
     */
    record Seen(
            DataProduct product,
            @Nullable Facts facts,
            @Nullable Observation window,
            long windowMs,
            @Nullable Observation usual,
            long usualMs,
            double available,
            long knownMs,
            long nowMs) {}

    /**
     * @param firstBad {@code topic-partition@offset} of the first change that counts against it
     * @param badSinceMs when that was; 0 where it cannot be told
     * @param beyondChance whether the number is more than chance and the sketches' error explain
     */
    record Measured(double value, String detail, @Nullable String firstBad, long badSinceMs, boolean beyondChance) {
        Measured(double value, String detail, @Nullable String firstBad, long badSinceMs) {
            this(value, detail, firstBad, badSinceMs, true);
        }
    }

    /** Fewer rows than this say nothing about a distribution or a volume. */
    private static final int ENOUGH = 100;

    private static final int ENOUGH_FOR_VOLUME = 20;
    private static final int BINS = 10;
    private static final double LEAST_SHARE = 1e-4;

    private Measures() {}

    /** Empty where there is nothing to measure. */
    static Optional<Measured> of(Promise promise, Seen seen) {
        return Optional.ofNullable(
                switch (promise.metric()) {
                    case FRESHNESS -> freshness(promise, seen);
                    case LATENCY -> latency(seen);
                    case FREQUENCY -> frequency(promise, seen);
                    case AVAILABILITY ->
                        seen.available() < 0
                                ? null
                                : new Measured(
                                        seen.available(),
                                        "the stage ran %s percent of the last %s"
                                                .formatted(number(seen.available()), Promise.time((double)
                                                        seen.windowMs())),
                                        null,
                                        0);
                    case RETENTION -> retention(promise, seen);
                    case ROW_COUNT -> rowCount(seen);
                    case NULL_VALUES -> nulls(promise, seen);
                    case MISSING_VALUES, INVALID_VALUES -> counted(promise, seen);
                    case DUPLICATE_VALUES -> duplicates(promise, seen);
                    case MEAN -> mean(promise, seen);
                    case MINIMUM -> quantile(promise, seen, 0, "smallest");
                    case MAXIMUM -> quantile(promise, seen, 1, "largest");
                    case QUANTILE ->
                        quantile(promise, seen, promise.argument(), "quantile " + number(promise.argument()));
                    case DISTINCT_VALUES -> distinct(promise, seen);
                    case VOLUME -> volume(seen);
                    case PSI -> psi(promise, seen);
                    case KS -> ks(promise, seen);
                    case LOOP -> loop(seen);
                });
    }

    private static @Nullable Measured freshness(Promise promise, Seen seen) {
        Facts facts = seen.facts();
        if (facts == null) {
            return null;
        }
        long newest = promise.field() != null && facts.lastEventMs() > 0
                ? facts.lastEventMs()
                : facts.lastSourceMs() > 0 ? facts.lastSourceMs() : facts.lastWrittenMs();
        return age("the newest row is of %s ago", newest, promise, facts, seen.knownMs());
    }

    private static @Nullable Measured frequency(Promise promise, Seen seen) {
        Facts facts = seen.facts();
        return facts == null
                ? null
                : age("the last row was written %s ago", facts.lastWrittenMs(), promise, facts, seen.knownMs());
    }

    private static @Nullable Measured age(String words, long atMs, Promise promise, Facts facts, long knownMs) {
        if (atMs <= 0) {
            return null;
        }
        double age = Math.max(0, knownMs - atMs);
        return new Measured(
                age,
                words.formatted(Promise.time(age)),
                facts.lastInput(),
                atMs + (long) promise.bound().high());
    }

    private static @Nullable Measured latency(Seen seen) {
        byte[] lateness = seen.window() == null ? null : seen.window().latenessMs();
        Facts facts = seen.facts();
        // What had piled up before the product came into being says nothing of how it is kept.
        if (lateness == null || facts == null || seen.nowMs() - facts.firstSeenMs() < seen.windowMs()) {
            return null;
        }
        KllDoublesSketch sketch = Profiles.kll(lateness);
        double p99 = sketch.getQuantile(0.99);
        return new Measured(
                p99,
                "99 of 100 rows came within %s of their commit, half of them within %s"
                        .formatted(Promise.time(p99), Promise.time(sketch.getQuantile(0.5))),
                null,
                0);
    }

    private static Measured retention(Promise promise, Seen seen) {
        Optional<Duration> kept = seen.product().settings().retention();
        return new Measured(
                kept.map(duration -> (double) duration.toMillis())
                        .orElse(promise.bound().high()),
                kept.map(duration -> "rows are kept for " + Promise.time((double) duration.toMillis()))
                        .orElse("rows are kept for ever"),
                null,
                0);
    }

    private static @Nullable Measured rowCount(Seen seen) {
        Facts facts = seen.facts();
        if (facts == null) {
            return null;
        }
        if (seen.product().kind() == DataProduct.Kind.EVENTS) {
            return new Measured(facts.rows(), facts.rows() + " rows were written", facts.lastInput(), 0);
        }
        ThetaSketch live = Profiles.theta(facts.live());
        double rows = Math.rint(live.getEstimate());
        return new Measured(
                rows,
                live.isEstimationMode()
                        ? "about %s rows stand, %s to %s"
                                .formatted(
                                        number(rows),
                                        number(Math.floor(live.getLowerBound(2))),
                                        number(Math.ceil(live.getUpperBound(2))))
                        : number(rows) + " rows stand",
                facts.lastInput(),
                0);
    }

    /** Of what is inside a column, and of columns beyond those that are profiled, rows are counted. */
    private static Measured nulls(Promise promise, Seen seen) {
        ColumnProfile column = column(promise, seen);
        return column == null
                ? counted(promise, seen)
                : share(promise, seen, (double) column.nulls(), column.firstNull(), 0, "have no value");
    }

    private static Measured counted(Promise promise, Seen seen) {
        Bad bad = seen.window() == null ? null : seen.window().bad().get(promise.id());
        return share(
                promise,
                seen,
                bad == null ? 0 : (double) bad.rows(),
                bad == null ? null : bad.first(),
                bad == null ? 0 : bad.firstMs(),
                switch (promise.metric()) {
                    case NULL_VALUES -> "have no value";
                    case MISSING_VALUES -> "count as missing";
                    default -> "count as invalid";
                });
    }

    private static Measured share(
            Promise promise, Seen seen, double bad, @Nullable String firstBad, long badSinceMs, String words) {
        long rows = seen.window() == null ? 0 : seen.window().rows();
        double value = promise.unit() == Unit.PERCENT ? (rows == 0 ? 0 : 100 * bad / rows) : bad;
        return new Measured(
                value,
                "%s of %d rows of the last %s %s"
                        .formatted(number(bad), rows, Promise.time((double) seen.windowMs()), words),
                bad > 0 ? firstBad : null,
                badSinceMs);
    }

    private static Measured duplicates(Promise promise, Seen seen) {
        Repeats repeats = seen.window() == null ? null : seen.window().repeats().get(promise.id());
        if (repeats == null) {
            return share(promise, seen, 0, null, 0, "repeat values");
        }
        ThetaSketch pairs = Profiles.theta(repeats.pairs());
        ThetaSketch values = Profiles.theta(repeats.values());
        boolean exact = !pairs.isEstimationMode() && !values.isEstimationMode();
        double estimate = Math.max(0, Math.rint(pairs.getEstimate() - values.getEstimate()));
        double sure = exact ? estimate : Math.max(0, Math.floor(pairs.getLowerBound(2) - values.getUpperBound(2)));
        Measured share = share(promise, seen, sure, null, 0, "repeat another's values" + (exact ? "" : ", at least"));
        return new Measured(
                share.value(),
                share.detail(),
                sure > 0 && seen.window() != null ? seen.window().lastInput() : null,
                0);
    }

    private static @Nullable Measured mean(Promise promise, Seen seen) {
        ColumnProfile column = column(promise, seen);
        if (column == null || column.numbers() == 0) {
            return null;
        }
        double mean = column.sum() / column.numbers();
        return new Measured(mean, "the mean of %d values is %s".formatted(column.numbers(), number(mean)), null, 0);
    }

    private static @Nullable Measured quantile(Promise promise, Seen seen, double which, String name) {
        KllDoublesSketch sketch = sketch(column(promise, seen));
        if (sketch == null) {
            return null;
        }
        double value = which == 0 ? sketch.getMinItem() : which == 1 ? sketch.getMaxItem() : sketch.getQuantile(which);
        return new Measured(value, "the %s of %d values is %s".formatted(name, sketch.getN(), number(value)), null, 0);
    }

    private static @Nullable Measured distinct(Promise promise, Seen seen) {
        ColumnProfile column = column(promise, seen);
        if (column == null) {
            return null;
        }
        double distinct = Math.rint(HllSketch.heapify(column.distinct()).getEstimate());
        return new Measured(
                distinct,
                "about %s different values within %s"
                        .formatted(number(distinct), Promise.time((double) seen.windowMs())),
                null,
                0);
    }

    private static @Nullable Measured volume(Seen seen) {
        Facts facts = seen.facts();
        Observation usual = seen.usual();
        if (facts == null
                || usual == null
                || usual.rows() < ENOUGH_FOR_VOLUME
                || seen.nowMs() - facts.firstSeenMs() < seen.windowMs() + seen.usualMs()) {
            return null;
        }
        long rows = seen.window() == null ? 0 : seen.window().rows();
        double expected = usual.rows() * (double) seen.windowMs() / seen.usualMs();
        double percent = 100 * rows / expected;
        // The count of rows that come by themselves varies by its square root; four times that is no chance.
        boolean beyondChance = Math.abs(rows - expected) > 4 * Math.sqrt(expected);
        return new Measured(
                percent,
                "%d rows within %s, where about %s are usual"
                        .formatted(rows, Promise.time((double) seen.windowMs()), number(Math.rint(expected))),
                facts.lastInput(),
                0,
                beyondChance);
    }

    private static @Nullable Measured psi(Promise promise, Seen seen) {
        KllDoublesSketch now = sketch(column(promise, seen));
        KllDoublesSketch before = sketch(usual(promise, seen));
        if (now == null || before == null || now.getN() < ENOUGH || before.getN() < ENOUGH) {
            return null;
        }
        double[] edges = DoubleStream.iterate(1d / BINS, share -> share < 1 - 1e-9, share -> share + 1d / BINS)
                .map(before::getQuantile)
                .distinct()
                .toArray();
        double[] was = before.getPMF(edges);
        double[] is = now.getPMF(edges);
        double psi = 0;
        for (int i = 0; i < was.length; i++) {
            double p = Math.max(LEAST_SHARE, was[i]);
            double q = Math.max(LEAST_SHARE, is[i]);
            psi += (q - p) * Math.log(q / p);
        }
        // Without drift it is chi-squared with a degree of freedom less than bins, times the sum of the inverse counts.
        int freedom = was.length - 1;
        double chance = (freedom + 4 * Math.sqrt(2d * freedom)) * (1d / now.getN() + 1d / before.getN())
                + 4 * freedom * square(now.getNormalizedRankError(true));
        return drift(psi, "population stability index", now, before, psi > chance);
    }

    private static @Nullable Measured ks(Promise promise, Seen seen) {
        KllDoublesSketch now = sketch(column(promise, seen));
        KllDoublesSketch before = sketch(usual(promise, seen));
        if (now == null || before == null || now.getN() < ENOUGH || before.getN() < ENOUGH) {
            return null;
        }
        double[] points = DoubleStream.concat(
                        Arrays.stream(now.getSortedView().getQuantiles()),
                        Arrays.stream(before.getSortedView().getQuantiles()))
                .sorted()
                .distinct()
                .toArray();
        double[] is = now.getCDF(points);
        double[] was = before.getCDF(points);
        double distance = 0;
        for (int i = 0; i < points.length; i++) {
            distance = Math.max(distance, Math.abs(is[i] - was[i]));
        }
        double chance = 1.95 * Math.sqrt((double) (now.getN() + before.getN()) / now.getN() / before.getN())
                + now.getNormalizedRankError(false)
                + before.getNormalizedRankError(false);
        return drift(distance, "Kolmogorov-Smirnov distance", now, before, distance > chance);
    }

    private static Measured drift(
            double value, String name, KllDoublesSketch now, KllDoublesSketch before, boolean beyondChance) {
        return new Measured(
                value,
                "%s %s: the median was %s and is %s, over %d and %d values"
                        .formatted(
                                name,
                                number(value),
                                number(before.getQuantile(0.5)),
                                number(now.getQuantile(0.5)),
                                before.getN(),
                                now.getN()),
                null,
                0,
                beyondChance);
    }

    private static Measured loop(Seen seen) {
        Observation window = seen.window();
        long loops = window == null ? 0 : window.quarantined().getOrDefault("LOOP", 0L);
        return new Measured(
                loops,
                loops == 0 || window == null
                        ? "no change came round in a circle"
                        : "%d changes came round in a circle, the last by %s,%s"
                                .formatted(loops, window.loop(), window.stage()),
                null,
                0);
    }

    private static @Nullable ColumnProfile column(Promise promise, Seen seen) {
        return seen.window() == null ? null : seen.window().columns().get(promise.field());
    }

    private static @Nullable ColumnProfile usual(Promise promise, Seen seen) {
        return seen.usual() == null ? null : seen.usual().columns().get(promise.field());
    }

    private static @Nullable KllDoublesSketch sketch(@Nullable ColumnProfile column) {
        byte[] quantiles = column == null ? null : column.quantiles();
        return quantiles == null ? null : Profiles.kll(quantiles);
    }

    private static double square(double number) {
        return number * number;
    }

    private static String number(double number) {
        return Bound.number(number);
    }
}
