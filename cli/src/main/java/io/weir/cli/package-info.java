/** The command line: one class per command, and what they share to talk to a person. */
@NullMarked
package io.weir.cli;

import org.jspecify.annotations.NullMarked;
