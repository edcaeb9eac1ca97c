/** What a domain's own Java functions implement. */
@NullMarked
package io.weir.kit.sql.spi;

import org.jspecify.annotations.NullMarked;
