/** Debezium Server, built from its libraries and configured from a domain folder. */
@NullMarked
package io.weir.debezium;

import org.jspecify.annotations.NullMarked;
