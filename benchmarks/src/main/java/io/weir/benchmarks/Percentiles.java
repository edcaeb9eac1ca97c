package io.weir.benchmarks;

import java.util.Arrays;
import java.util.List;

/** The distribution of some durations, exactly: every value counts. In ms; -1 where there are none. */
record Percentiles(long count, long p50Ms, long p90Ms, long p99Ms, long maxMs) {

    static Percentiles of(List<Long> valuesMs) {
        long[] sorted = valuesMs.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return new Percentiles(sorted.length, at(sorted, 0.5), at(sorted, 0.9), at(sorted, 0.99), at(sorted, 1));
    }

    /** The smallest value that at least this share of the values does not exceed. */
    private static long at(long[] sorted, double share) {
        return sorted.length == 0 ? -1 : sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }
}
