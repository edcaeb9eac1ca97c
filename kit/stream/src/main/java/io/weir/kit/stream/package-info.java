/** What every stage shares: changes and their headers, the gate, quarantine, and the runtime that keeps stages running. */
@NullMarked
package io.weir.kit.stream;

import org.jspecify.annotations.NullMarked;
