/** The parts of a mesh that are not services, as processes on one machine: Kafka, PostgreSQL, the registry. */
@NullMarked
package io.weir.infra.local;

import org.jspecify.annotations.NullMarked;
