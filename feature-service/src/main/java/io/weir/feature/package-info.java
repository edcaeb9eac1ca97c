/** Keeps each gold product of a domain equal to its SQL. */
@NullMarked
package io.weir.feature;

import org.jspecify.annotations.NullMarked;
