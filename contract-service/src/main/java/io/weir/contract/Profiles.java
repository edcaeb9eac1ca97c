package io.weir.contract;

import io.weir.kit.stream.Observation;
import io.weir.kit.stream.Observation.Bad;
import io.weir.kit.stream.Observation.ColumnProfile;
import io.weir.kit.stream.Observation.Repeats;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.theta.CompactThetaSketch;
import org.apache.datasketches.theta.ThetaSetOperation;
import org.apache.datasketches.theta.ThetaSketch;
import org.apache.datasketches.theta.ThetaUnion;
import org.jspecify.annotations.Nullable;

/** Merges observations: what several tasks wrote in several intervals becomes one profile. */
final class Profiles {

    private static final int LG_THETA = 12;
    private static final int LG_DISTINCT = 10;

    private Profiles() {}

    /** Both of them, of one product; {@code later} is the newer one. */
    static Observation merge(Observation earlier, Observation later) {
        return new Observation(
                later.product(),
                later.stage(),
                -1,
                Math.min(earlier.fromMs(), later.fromMs()),
                Math.max(earlier.untilMs(), later.untilMs()),
                earlier.rows() + later.rows(),
                earlier.deletes() + later.deletes(),
                earlier.sampled() + later.sampled(),
                Math.max(earlier.lastWrittenMs(), later.lastWrittenMs()),
                Math.max(earlier.lastSourceMs(), later.lastSourceMs()),
                Math.max(earlier.lastEventMs(), later.lastEventMs()),
                later.lastInput() == null ? earlier.lastInput() : later.lastInput(),
                union(earlier.keys(), later.keys()),
                both(earlier.deletedKeys(), later.deletedKeys(), Profiles::union),
                both(earlier.latenessMs(), later.latenessMs(), Profiles::quantiles),
                merge(earlier.quarantined(), later.quarantined(), Long::sum),
                merge(earlier.bad(), later.bad(), Profiles::bad),
                merge(
                        earlier.repeats(),
                        later.repeats(),
                        (a, b) -> new Repeats(union(a.pairs(), b.pairs()), union(a.values(), b.values()))),
                later.loop() == null ? earlier.loop() : later.loop(),
                merge(earlier.columns(), later.columns(), Profiles::columns));
    }

    private static Bad bad(Bad earlier, Bad later) {
        return new Bad(earlier.rows() + later.rows(), earlier.first(), earlier.firstMs());
    }

    private static ColumnProfile columns(ColumnProfile earlier, ColumnProfile later) {
        HllUnion distinct = new HllUnion(LG_DISTINCT);
        distinct.update(HllSketch.heapify(earlier.distinct()));
        distinct.update(HllSketch.heapify(later.distinct()));
        return new ColumnProfile(
                earlier.nulls() + later.nulls(),
                earlier.firstNull() == null ? later.firstNull() : earlier.firstNull(),
                distinct.getResult().toCompactByteArray(),
                both(earlier.quantiles(), later.quantiles(), Profiles::quantiles),
                earlier.sum() + later.sum(),
                earlier.numbers() + later.numbers());
    }

    private static <V> Map<String, V> merge(Map<String, V> earlier, Map<String, V> later, BinaryOperator<V> with) {
        Map<String, V> merged = new LinkedHashMap<>(earlier);
        later.forEach((name, value) -> merged.merge(name, value, with));
        return merged;
    }

    private static byte @Nullable [] both(
            byte @Nullable [] earlier, byte @Nullable [] later, BinaryOperator<byte[]> merge) {
        return earlier == null ? later : later == null ? earlier : merge.apply(earlier, later);
    }

    private static byte[] quantiles(byte[] earlier, byte[] later) {
        KllDoublesSketch merged = kll(earlier);
        merged.merge(kll(later));
        return merged.toByteArray();
    }

    static byte[] union(byte[] earlier, byte[] later) {
        ThetaUnion union =
                ThetaSetOperation.builder().setLogNominalEntries(LG_THETA).buildUnion();
        union.union(theta(earlier));
        union.union(theta(later));
        return union.getResult().toByteArray();
    }

    /** What is in the first and not in the second. */
    static byte[] without(byte[] all, byte[] gone) {
        CompactThetaSketch left = ThetaSetOperation.builder().buildANotB().aNotB(theta(all), theta(gone));
        return left.toByteArray();
    }

    static KllDoublesSketch kll(byte[] bytes) {
        return KllDoublesSketch.heapify(MemorySegment.ofArray(bytes));
    }

    static ThetaSketch theta(byte[] bytes) {
        return ThetaSketch.heapify(MemorySegment.ofArray(bytes));
    }
}
