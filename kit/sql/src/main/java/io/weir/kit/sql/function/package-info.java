/** What PostgreSQL's functions, operators and casts do where Calcite's do otherwise or are missing. Called by generated code, so public; pure. */
@NullMarked
package io.weir.kit.sql.function;

import org.jspecify.annotations.NullMarked;
