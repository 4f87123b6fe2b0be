/**
 * What the servers say to a client unasked. A client's session is the actor that hears it: what
 * the\n * client holds open belongs to that actor and goes when it stops, with its node or alone.
 */
@NullMarked
package io.troupe.actors.session;

import org.jspecify.annotations.NullMarked;
