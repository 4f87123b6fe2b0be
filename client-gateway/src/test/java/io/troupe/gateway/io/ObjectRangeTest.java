package io.troupe.gateway.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.fs.StripingPolicy;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

final class ObjectRangeTest {
  @Property
  void coverTheWholeRangeOnceAndInOrder(
      @ForAll @IntRange(min = 12, max = 20) int sizeBits,
      @ForAll @IntRange(min = 1, max = 9) int width,
      @ForAll @LongRange(min = 0, max = 1L << 50) long offset,
      @ForAll @IntRange(min = 0, max = 5_000_000) int length) {
    StripingPolicy striping = new StripingPolicy(1 << sizeBits, width);

    List<ObjectRange> ranges = ObjectRange.of(striping, offset, length);

    long at = offset;
    int done = 0;
    for (ObjectRange r : ranges) {
      assertThat(r.offsetInRange()).isEqualTo(done);
      assertThat(r.object() * striping.objectSizeBytes() + r.offsetInObject()).isEqualTo(at);
      assertThat(r.length()).isPositive();
      assertThat(r.offsetInObject() + r.length()).isLessThanOrEqualTo(striping.objectSizeBytes());
      at += r.length();
      done += r.length();
    }
    assertThat(done).isEqualTo(length);
  }
}
