package io.weir.kit.stream;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one task of a stage wrote to one product within an interval, on {@link MeshTopics#OBSERVATIONS} as JSON: a profile that can be merged with others, never a row. It
 * is said where nothing was written too: so it is known up to when all is known.
 *
 * <p>Sketches are those of Apache DataSketches 9, in their compact bytes. Its size does not depend on how many rows there were: see {@link Observer}.
 *
 * @param partition of the task; -1 where several are merged
 * @param rows rows written
 * @param deletes tombstones written
 * @param sampled how many of the rows are in the columns' sketches, minima, maxima and sums
 * @param lastWrittenMs when the last row or tombstone was written; 0 where none was
 * @param lastSourceMs newest commit time in the source; 0 where unknown
 * @param lastEventMs newest event time; 0 where the product has none
 * @param lastInput {@code topic-partition@offset} of the last change
 * @param keys theta sketch of the keys of the rows
 * @param deletedKeys theta sketch of the keys that do not stand at the interval's end; null where none
 * @param latenessMs KLL sketch of commit in the source to write here, ms; null where unknown
 * @param quarantined rows put into quarantine, by {@link ReasonCode}
 * @param bad rows that count against a promise of the contract, by the promise's id
 * @param repeats theta sketches for promises of unique values, by the promise's id
 * @param loop the path of a change that came round in a circle; null where none did
 * @param columns by name
 */
public record Observation(
        String product,
        String stage,
        int partition,
        long fromMs,
        long untilMs,
        long rows,
        long deletes,
        long sampled,
        long lastWrittenMs,
        long lastSourceMs,
        long lastEventMs,
        @Nullable String lastInput,
        byte[] keys,
        byte @Nullable [] deletedKeys,
        byte @Nullable [] latenessMs,
        Map<String, Long> quarantined,
        Map<String, Bad> bad,
        Map<String, Repeats> repeats,
        @Nullable String loop,
        Map<String, ColumnProfile> columns) {

    /** Whether anything happened. */
    public boolean hasChanges() {
        return rows > 0 || deletes > 0 || !quarantined.isEmpty();
    }

    /** How many, and the first: {@code topic-partition@offset} of the change that led to it, and when. */
    public record Bad(long rows, @Nullable String first, long firstMs) {}

    /**
     * Values that may not repeat.
     *
     * @param pairs theta sketch of (key, values)
     * @param values theta sketch of the values
     */
    public record Repeats(byte[] pairs, byte[] values) {}

    /**
     * One column.
     *
     * @param nulls of all rows
     * @param distinct HLL sketch
     * @param quantiles KLL sketch of numbers; null for other columns
     * @param sum of the sampled numbers
     * @param numbers how many of them
     */
    public record ColumnProfile(
            long nulls,
            @Nullable String firstNull,
            byte[] distinct,
            byte @Nullable [] quantiles,
            double sum,
            long numbers) {}
}
