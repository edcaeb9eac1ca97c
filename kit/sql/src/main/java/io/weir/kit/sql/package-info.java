/** One SELECT to one Kafka Streams topology that keeps the output topic equal to the query. */
@NullMarked
package io.weir.kit.sql;

import org.jspecify.annotations.NullMarked;
