package io.weir.benchmarks.comparison;

/**
 * One run of one side.
 *
 * @param seconds from when all rows could be read until all of the result could
 * @param engineCpuSeconds processor seconds of the engine's process in that time
 * @param brokerCpuSeconds processor seconds of the broker's
 * @param recordsWritten to the output topic
 * @param peakBytes the most resident memory of the engine's process so far
 */
record Measured(
        long rows,
        double seconds,
        double engineCpuSeconds,
        double brokerCpuSeconds,
        long recordsWritten,
        long peakBytes) {

    double rowsPerSecond() {
        return rows / seconds;
    }

    /** Processor time of engine and broker for a row, in microseconds. */
    double cpuMicros() {
        return 1e6 * (engineCpuSeconds + brokerCpuSeconds) / rows;
    }
}
