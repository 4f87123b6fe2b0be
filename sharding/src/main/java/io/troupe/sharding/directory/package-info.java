/**
 * The DIR: one entity that knows all services and volumes. What it knows of the catalog is durable,
 * what it knows of heartbeats is not. Start with {@link
 * io.troupe.sharding.directory.DirectoryEntity}.
 */
@NullMarked
package io.troupe.sharding.directory;

import org.jspecify.annotations.NullMarked;
