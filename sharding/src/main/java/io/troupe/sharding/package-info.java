/**
 * The cluster: bootstrap and roles, entity types and where their shards live, the DIR registry.
 * Start with {@code EntityTypes}.
 */
@NullMarked
package io.troupe.sharding;

import org.jspecify.annotations.NullMarked;
