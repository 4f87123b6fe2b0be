package io.troupe.mrc.placement;

import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import java.util.List;

/** Chooses the OSDs of a new file. Pure: the same arguments, the same choice. */
public interface PlacementPolicy {
  /**
   * An OSD that could be chosen.
   *
   * @param freeBytes as it said last
   */
  record Candidate(OsdId osd, long freeBytes) {}

  /**
   * Chooses distinct OSDs, in stripe order.
   *
   * @param candidates those that are online
   * @param inode of the new file; spreads files over OSDs
   * @return EIO where fewer are online than the width asks for, ENOSPC where those have no room
   */
  Result<XLocSet> place(StripingPolicy striping, List<Candidate> candidates, long inode);
}
