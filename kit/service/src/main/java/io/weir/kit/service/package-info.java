/** What the Quarkus services that run stages share: configuration, start and end, readiness. The only module of the kit that knows Quarkus. */
@NullMarked
package io.weir.kit.service;

import org.jspecify.annotations.NullMarked;
