/** Flink SQL as a process of its own, for comparisons. */
@NullMarked
package io.weir.benchmarks.flink;

import org.jspecify.annotations.NullMarked;
