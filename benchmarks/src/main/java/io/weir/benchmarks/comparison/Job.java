package io.weir.benchmarks.comparison;

/** A query that is being kept up to date. */
interface Job extends AutoCloseable {

    @Override
    void close();
}
