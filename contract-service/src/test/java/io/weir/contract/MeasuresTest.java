package io.weir.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.weir.contract.Measures.Measured;
import io.weir.contract.Measures.Seen;
import io.weir.kit.contract.Bound;
import io.weir.kit.contract.Column;
import io.weir.kit.contract.DataProduct;
import io.weir.kit.contract.DataType;
import io.weir.kit.contract.ProductName;
import io.weir.kit.contract.Promise;
import io.weir.kit.contract.Promise.Metric;
import io.weir.kit.contract.Promise.Unit;
import io.weir.kit.contract.RowType;
import io.weir.kit.stream.Observation;
import io.weir.kit.stream.Observation.Bad;
import io.weir.kit.stream.Observation.ColumnProfile;
import io.weir.kit.stream.Observation.Repeats;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.theta.UpdatableThetaSketch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MeasuresTest {

    private static final long NOW_MS = 1_700_000_000_000L;
    private static final long MINUTE_MS = 60_000;
    private static final DataProduct PRODUCT = new DataProduct(
            ProductName.ofTopic("silver.jaffle.order.v1"),
            "1.0.0",
            new RowType(List.of(
                    new Column("id", new DataType.BigInt(), false),
                    new Column("amount", new DataType.DoublePrecision(), true))),
            List.of(0),
            DataProduct.Kind.TABLE,
            DataProduct.OnViolation.QUARANTINE,
            List.of(),
            1,
            Path.of("order.odcs.yaml"),
            Map.of());

    @Test
    void shouldMeasureAgesAgainstTheNewestRow() {
        Observation window = observed(0, 10, 0, 100);

        assertThat(value(Metric.FRESHNESS, seen(window, null, NOW_MS + 7_000))).isEqualTo(8_000);
        assertThat(value(Metric.FREQUENCY, seen(window, null, NOW_MS + 7_000))).isEqualTo(7_000);
        assertThat(Measures.of(promise(Metric.FRESHNESS, Unit.MILLISECONDS), seen(null, null, NOW_MS)))
                .isEmpty();
    }

    @Test
    void shouldMeasureLatenessOnceWhatHadPiledUpHasLeftTheWindow() {
        Observation window = observed(0, 100, 0, 100);

        assertThat(Measures.of(promise(Metric.LATENCY, Unit.MILLISECONDS), seen(window, null, NOW_MS - 1)))
                .isEmpty();
        assertThat(value(Metric.LATENCY, seen(window, null, NOW_MS))).isEqualTo(99);
    }

    @Test
    void shouldCountRowsThatStand() {
        Facts facts = Facts.first(observed(0, 3_000, 0, 100));
        Observation deletion = new Observation(
                "silver.jaffle.order.v1",
                "s",
                0,
                0,
                0,
                0,
                1_000,
                0,
                0,
                0,
                0,
                null,
                theta(0, 0, id -> id),
                theta(0, 1_000, id -> id),
                null,
                Map.of(),
                Map.of(),
                Map.of(),
                null,
                Map.of());

        Seen seen = new Seen(PRODUCT, facts.and(deletion), null, MINUTE_MS, null, 0, -1, NOW_MS, NOW_MS);

        assertThat(value(Metric.ROW_COUNT, seen)).isEqualTo(2_000);
    }

    @Test
    void shouldMeasureSharesOfTheWindow() {
        Observation window = observed(0, 200, 30, 100);

        assertThat(Measures.of(promise(Metric.NULL_VALUES, Unit.PERCENT), seen(window, null, NOW_MS)))
                .get()
                .returns(15d, Measured::value)
                .returns("in-0@7", Measured::firstBad)
                .returns("30 of 200 rows of the last 60 s have no value", Measured::detail);
        assertThat(value(Metric.INVALID_VALUES, Unit.ROWS, seen(window, null, NOW_MS)))
                .isEqualTo(5);
        assertThat(Measures.of(promise(Metric.NULL_VALUES, Unit.ROWS, "amount.net"), seen(window, null, NOW_MS)))
                .get()
                .returns(5d, Measured::value)
                .returns("in-0@3", Measured::firstBad)
                .returns("5 of 200 rows of the last 60 s have no value", Measured::detail);
        assertThat(value(Metric.DUPLICATE_VALUES, Unit.ROWS, seen(window, null, NOW_MS)))
                .isEqualTo(150);
        assertThat(value(Metric.NULL_VALUES, Unit.PERCENT, seen(null, null, NOW_MS)))
                .isZero();
    }

    @Test
    void shouldTellDriftFromChance() {
        Observation usual = observed(1, 5_000, 0, 100);
        Observation same = observed(2, 500, 0, 100);
        Observation moved = observed(3, 500, 0, 160);

        for (Metric metric : List.of(Metric.PSI, Metric.KS)) {
            assertThat(Measures.of(promise(metric, Unit.VALUE), seen(same, usual, NOW_MS)))
                    .get()
                    .returns(false, Measured::beyondChance);
            assertThat(Measures.of(promise(metric, Unit.VALUE), seen(moved, usual, NOW_MS)))
                    .get()
                    .returns(true, Measured::beyondChance)
                    .extracting(Measured::value)
                    .satisfies(value -> assertThat(value).isGreaterThan(0.5));
        }
    }

    @Test
    void shouldMeasureVolumeInPercentOfWhatIsUsual() {
        Observation usual = observed(1, 6_000, 0, 100);
        Observation little = observed(2, 10, 0, 100);
        Observation abitLess = observed(2, 95, 0, 100);

        assertThat(Measures.of(promise(Metric.VOLUME, Unit.PERCENT), seen(little, usual, NOW_MS + 100 * MINUTE_MS)))
                .get()
                .returns(10d, Measured::value)
                .returns(true, Measured::beyondChance);
        assertThat(Measures.of(promise(Metric.VOLUME, Unit.PERCENT), seen(abitLess, usual, NOW_MS + 100 * MINUTE_MS)))
                .get()
                .returns(false, Measured::beyondChance);
    }

    @Test
    void shouldMergeWhatTasksSawApart() {
        Observation both = Profiles.merge(observed(1, 300, 10, 100), observed(2, 200, 0, 100));

        assertThat(both.rows()).isEqualTo(500);
        assertThat(Profiles.theta(both.keys()).getEstimate()).isEqualTo(300);
        assertThat(both.bad().get("rule")).isEqualTo(new Bad(10, "in-0@3", NOW_MS));
        assertThat(value(Metric.MEAN, seen(both, null, NOW_MS))).isBetween(90d, 110d);
        assertThat(value(Metric.MAXIMUM, seen(both, null, NOW_MS))).isGreaterThan(120);
        assertThat(value(Metric.DISTINCT_VALUES, seen(both, null, NOW_MS))).isBetween(470d, 530d);
    }

    private static double value(Metric metric, Seen seen) {
        return value(metric, Unit.VALUE, seen);
    }

    private static double value(Metric metric, Unit unit, Seen seen) {
        return Measures.of(promise(metric, unit), seen).orElseThrow().value();
    }

    private static Promise promise(Metric metric, Unit unit) {
        return promise(metric, unit, "amount");
    }

    private static Promise promise(Metric metric, Unit unit, String field) {
        return new Promise(
                "rule",
                metric,
                field,
                List.of(field),
                0.5,
                Bound.atMost(0),
                unit,
                Optional.empty(),
                "error",
                Optional.empty(),
                Optional.empty());
    }

    private static Seen seen(@Nullable Observation window, @Nullable Observation usual, long nowMs) {
        return new Seen(
                PRODUCT,
                window == null ? null : Facts.first(window),
                window,
                MINUTE_MS,
                usual,
                60 * MINUTE_MS,
                -1,
                nowMs,
                nowMs);
    }

    /** Rows with these keys from 0 and amounts around a mean; each amount's values repeat four times as promised values. */
    private static Observation observed(long seed, int rows, int nulls, double mean) {
        Random random = new Random(seed);
        HllSketch distinct = new HllSketch(10);
        KllDoublesSketch quantiles = KllDoublesSketch.newHeapInstance(128);
        KllDoublesSketch lateness = KllDoublesSketch.newHeapInstance(128);
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            double amount = random.nextGaussian(mean, 20);
            distinct.update(amount);
            quantiles.update(amount);
            lateness.update(i + 1);
            sum += amount;
        }
        return new Observation(
                "silver.jaffle.order.v1",
                "conform.jaffle.order.v1",
                0,
                NOW_MS - MINUTE_MS,
                NOW_MS,
                rows,
                0,
                rows,
                NOW_MS,
                NOW_MS - 1_000,
                0,
                "in-0@9",
                theta(0, rows, id -> id),
                null,
                lateness.toByteArray(),
                Map.of(),
                Map.of("rule", new Bad(5, "in-0@3", NOW_MS)),
                Map.of("rule", new Repeats(theta(0, rows, id -> id), theta(0, rows, id -> id / 4))),
                null,
                Map.of(
                        "amount",
                        new ColumnProfile(
                                nulls, "in-0@7", distinct.toCompactByteArray(), quantiles.toByteArray(), sum, rows)));
    }

    private static byte[] theta(int from, int to, LongUnaryOperator value) {
        UpdatableThetaSketch sketch =
                UpdatableThetaSketch.builder().setLogNominalEntries(12).build();
        for (int id = from; id < to; id++) {
            sketch.update(Long.toString(value.applyAsLong(id)).getBytes(UTF_8));
        }
        return sketch.compact().toByteArray();
    }
}
