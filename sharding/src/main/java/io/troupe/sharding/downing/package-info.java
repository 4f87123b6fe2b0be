/**
 * When a member that cannot be reached is taken out of the cluster. The rule is {@code
 * DowningRule}.
 */
@NullMarked
package io.troupe.sharding.downing;

import org.jspecify.annotations.NullMarked;
