/** The simulator of a busy shop: seeded, plausible traffic with real-world dirt, written into the example's database. */
@NullMarked
package io.weir.cli.demo;

import org.jspecify.annotations.NullMarked;
