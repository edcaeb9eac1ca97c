/** The mesh on one machine: its parts, their order, the supervisor that keeps them running, and what it writes down. */
@NullMarked
package io.weir.cli.mesh;

import org.jspecify.annotations.NullMarked;
