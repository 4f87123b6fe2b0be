/** The gateway actor: lets clients that are no members of the cluster reach its entities. */
@NullMarked
package io.troupe.gateway.relay;

import org.jspecify.annotations.NullMarked;
