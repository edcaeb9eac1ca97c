/** Keeps each silver product of a domain equal to its SQL. */
@NullMarked
package io.weir.conform;

import org.jspecify.annotations.NullMarked;
