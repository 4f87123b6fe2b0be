package io.troupe.actors.volume;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.XLocSet;
import java.util.Optional;

/**
 * An inode with where its content lies.
 *
 * @param xlocs empty for anything but a regular file
 * @param pendingCut where the OSDs have to cut, as long as some may still hold what lies behind
 */
public record FileDescription(
    Attributes attributes, Optional<XLocSet> xlocs, Optional<PendingCut> pendingCut) {
  public boolean truncatePending() {
    return pendingCut.isPresent();
  }
}
