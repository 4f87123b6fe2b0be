package io.troupe.lsm.group;

import io.troupe.lsm.replicated.Membership;
import io.troupe.lsm.replicated.Position;

/**
 * A place in a group's log.
 *
 * @param membership who votes there
 */
record StateAt(Position position, Membership membership) {

  long index() {
    return position.index();
  }
}
