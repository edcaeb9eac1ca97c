/** Weir side by side with the same work done by hand in Kafka Streams and by Flink SQL: {@code ./weir bench}. */
@NullMarked
package io.weir.benchmarks.comparison;

import org.jspecify.annotations.NullMarked;
