/**
 * The object store of one OSD: blocks in append-only segment files, an index in the node's LSM
 * store, and in that the blocks of small writes, too. A block that the durable index refers to is
 * never written again, so that a crash leaves every synced object readable and nothing that fails
 * its checksum. Start with {@link io.troupe.osd.store.ObjectStore}.
 */
@NullMarked
package io.troupe.osd.store;

import org.jspecify.annotations.NullMarked;
