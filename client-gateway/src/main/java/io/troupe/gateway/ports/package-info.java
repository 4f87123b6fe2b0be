/**
 * What the gateway needs of the cluster, and the two ways to get it: as a node, or from outside.
 */
@NullMarked
package io.troupe.gateway.ports;

import org.jspecify.annotations.NullMarked;
