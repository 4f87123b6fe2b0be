/**
 * Streams that read pages of an index and, when they have read all, wait until somebody says that
 * there is more. Knows nothing of events: {@link io.troupe.lsm.pekko.follow.Pages} reads, {@link
 * io.troupe.lsm.pekko.follow.Signals} wakes, {@link io.troupe.lsm.pekko.follow.Follow} is the
 * stream between them.
 */
@NullMarked
package io.troupe.lsm.pekko.follow;

import org.jspecify.annotations.NullMarked;
