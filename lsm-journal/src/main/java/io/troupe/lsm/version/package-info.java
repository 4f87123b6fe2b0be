/**
 * Which tables make up the store: a pure {@link io.troupe.lsm.version.Version}, changed by {@link
 * io.troupe.lsm.version.VersionEdit}s that the {@link io.troupe.lsm.version.Manifest} keeps.
 */
@NullMarked
package io.troupe.lsm.version;

import org.jspecify.annotations.NullMarked;
