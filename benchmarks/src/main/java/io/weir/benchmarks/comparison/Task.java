package io.weir.benchmarks.comparison;

/**
 * What a worker is told to run.
 *
 * @param workload by its name
 * @param run the domain in which it runs; new for each run
 * @param engine as whose job
 * @param commitMs milliseconds between commits
 */
record Task(
        String workload,
        String run,
        Engine engine,
        int threads,
        long commitMs,
        String bootstrapServers,
        String stateDirectory) {}
