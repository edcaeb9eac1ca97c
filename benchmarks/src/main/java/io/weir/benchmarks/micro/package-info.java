/** What single steps cost, by JMH (OpenJDK, GPL-2.0 with the classpath exception; used here only). */
@NullMarked
package io.weir.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
