/** Programs that measure a running mesh and print what they saw; none of them judges. */
@NullMarked
package io.weir.benchmarks;

import org.jspecify.annotations.NullMarked;
