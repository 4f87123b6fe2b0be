package io.troupe.mrc.placement;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import java.util.Comparator;
import java.util.List;

/**
 * Weighted rendezvous hashing: each OSD draws a number from its uuid and the inode, scaled by its
 * free space, and the highest win. So files spread by free space, and a fuller OSD only loses
 * files, it does not shuffle the others'.
 */
public final class ByFreeSpace implements PlacementPolicy {
  /** With less than this an OSD counts as full. */
  private static final long MIN_FREE_BYTES = 1 << 20;

  @Override
  public Result<XLocSet> place(StripingPolicy striping, List<Candidate> candidates, long inode) {
    int width = striping.width();
    if (candidates.size() < width) {
      return Result.failed(
          Errno.EIO, "a file needs " + width + " OSDs, online are " + candidates.size());
    }
    List<OsdId> chosen =
        candidates.stream()
            .filter(c -> c.freeBytes() >= MIN_FREE_BYTES)
            .sorted(
                Comparator.comparingDouble((Candidate c) -> score(c, inode))
                    .reversed()
                    .thenComparing(c -> c.osd().toString()))
            .limit(width)
            .map(Candidate::osd)
            .toList();
    if (chosen.size() < width) {
      return Result.failed(Errno.ENOSPC, "fewer than " + width + " OSDs have room");
    }
    return Result.ok(new XLocSet(1, List.of(new ReplicaLocation(striping, chosen))));
  }

  private static double score(Candidate c, long inode) {
    long h = c.osd().uuid().getMostSignificantBits() ^ c.osd().uuid().getLeastSignificantBits();
    h = mix(h ^ mix(inode));
    double uniform = ((h >>> 11) + 0.5) * 0x1.0p-53;
    return -c.freeBytes() / Math.log(uniform);
  }

  /** The finalizer of MurmurHash3. */
  private static long mix(long z) {
    z = (z ^ (z >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return z ^ (z >>> 33);
  }
}
