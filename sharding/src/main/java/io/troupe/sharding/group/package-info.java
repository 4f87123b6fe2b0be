/**
 * Partition groups: each partition's log on several nodes. The actors here carry messages, leases
 * and time to {@link io.troupe.lsm.group.GroupMember}, which does the work.
 */
@NullMarked
package io.troupe.sharding.group;

import org.jspecify.annotations.NullMarked;
