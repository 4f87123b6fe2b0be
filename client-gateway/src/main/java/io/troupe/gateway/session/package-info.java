/** The client's session: the actor that holds what the client has open. */
@NullMarked
package io.troupe.gateway.session;

import org.jspecify.annotations.NullMarked;
