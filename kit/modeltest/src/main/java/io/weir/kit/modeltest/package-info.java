/** Runs the model tests of a domain in this process: the real topologies, without a cluster. */
@NullMarked
package io.weir.kit.modeltest;

import org.jspecify.annotations.NullMarked;
