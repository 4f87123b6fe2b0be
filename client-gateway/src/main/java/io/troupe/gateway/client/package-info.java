/**
 * The Java client: what an application imports. Start with {@link
 * io.troupe.gateway.client.TroupeClient}.
 */
@NullMarked
package io.troupe.gateway.client;

import org.jspecify.annotations.NullMarked;
