/** What a team declares: domains, data products and their contracts, and the Avro, rules and registry entries derived from them. */
@NullMarked
package io.weir.kit.contract;

import org.jspecify.annotations.NullMarked;
