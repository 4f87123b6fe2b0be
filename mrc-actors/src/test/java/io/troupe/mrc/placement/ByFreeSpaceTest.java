package io.troupe.mrc.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import io.troupe.mrc.placement.PlacementPolicy.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ByFreeSpaceTest {
  private static final long GIB = 1L << 30;

  private final ByFreeSpace policy = new ByFreeSpace();

  private static List<Candidate> candidates(Random random, int count) {
    List<Candidate> all = new ArrayList<>();
    while (all.size() < count) {
      OsdId osd = new OsdId(new UUID(random.nextLong(), random.nextLong()));
      all.add(new Candidate(osd, GIB + random.nextLong(GIB)));
    }
    return all;
  }

  private List<OsdId> placed(int width, List<Candidate> candidates, long inode) {
    Result<XLocSet> r = policy.place(new StripingPolicy(4096, width), candidates, inode);
    return r.orThrow().first().osds();
  }

  @Property
  void choosesDistinctOsdsWhateverTheOrderTheyAreToldIn(
      @ForAll long seed,
      @ForAll long inode,
      @ForAll @IntRange(min = 1, max = 10) int width,
      @ForAll @IntRange(max = 10) int more) {
    Random random = new Random(seed);
    List<Candidate> candidates = candidates(random, width + more);

    List<OsdId> chosen = placed(width, candidates, inode);

    assertThat(chosen).hasSize(width).doesNotHaveDuplicates();
    Collections.shuffle(candidates, random);
    assertThat(placed(width, candidates, inode)).isEqualTo(chosen);
  }

  @Property
  void tooFewOsdsAreAnErrorThatCountsThem(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 9) int width) {
    List<Candidate> few = candidates(new Random(seed), width - 1);

    Result<XLocSet> result = policy.place(new StripingPolicy(4096, width), few, 1);

    assertThat(result)
        .isEqualTo(
            Result.failed(Errno.EIO, "a file needs " + width + " OSDs, online are " + (width - 1)));
  }

  @Example
  void fullOsdsAreNotChosen() {
    List<Candidate> candidates = candidates(new Random(1), 3);
    candidates.set(1, new Candidate(candidates.get(1).osd(), 1000));

    for (long inode = 0; inode < 100; inode++) {
      assertThat(placed(2, candidates, inode)).doesNotContain(candidates.get(1).osd());
    }
    Result<XLocSet> three = policy.place(new StripingPolicy(4096, 3), candidates, 1);
    assertThat(((Result.Failed<XLocSet>) three).errno()).isEqualTo(Errno.ENOSPC);
  }

  @Example
  void filesSpreadByFreeSpace() {
    List<Candidate> candidates = candidates(new Random(2), 2);
    candidates.set(0, new Candidate(candidates.get(0).osd(), 3 * GIB));
    candidates.set(1, new Candidate(candidates.get(1).osd(), GIB));
    int first = 0;
    for (long inode = 0; inode < 10_000; inode++) {
      first += placed(1, candidates, inode).getFirst().equals(candidates.get(0).osd()) ? 1 : 0;
    }

    // Six standard deviations of a binomial distribution about three quarters.
    assertThat(first).isBetween(7_240, 7_760);
  }
}
