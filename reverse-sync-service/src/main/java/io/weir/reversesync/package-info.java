/** Gold products into operational databases: approved, fenced by position, marked so that the echo is recognised. */
@NullMarked
package io.weir.reversesync;

import org.jspecify.annotations.NullMarked;
