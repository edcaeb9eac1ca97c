/** ingest-service: captured tables and pushed rows into bronze products, each change exactly once. */
@NullMarked
package io.weir.ingest;

import org.jspecify.annotations.NullMarked;
