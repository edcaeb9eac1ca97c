/** Publishes each domain's contracts and schemas, and tells over HTTP what the mesh holds and how it fares. */
@NullMarked
package io.weir.contract;

import org.jspecify.annotations.NullMarked;
