/** Operators over changes: what a row's arrival or departure means for a join, a group, a top row, a key. Pure: no Kafka, no SQL, no clock. */
@NullMarked
package io.weir.kit.sql.change;

import org.jspecify.annotations.NullMarked;
