/** Real Kafka, registry and PostgreSQL for tests, started once per JVM. */
@NullMarked
package io.weir.kit.testkit;

import org.jspecify.annotations.NullMarked;
