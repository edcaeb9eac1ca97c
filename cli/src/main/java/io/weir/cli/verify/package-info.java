/** The proof on a running mesh: what the stages keep is what another engine computes from the same inputs. */
@NullMarked
package io.weir.cli.verify;

import org.jspecify.annotations.NullMarked;
