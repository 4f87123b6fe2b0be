package io.troupe.gateway.io;

import io.troupe.actors.fs.StripingPolicy;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a byte range that lies in one object.
 *
 * @param offsetInRange where it begins in the caller's memory
 */
public record ObjectRange(long object, int offsetInObject, int length, int offsetInRange) {
  /**
   * Cuts a range at the borders of objects; in order, without gaps, together the whole range.
   *
   * @param offset not negative
   * @param length may be 0
   */
  public static List<ObjectRange> of(StripingPolicy striping, long offset, int length) {
    List<ObjectRange> ranges = new ArrayList<>();
    int done = 0;
    while (done < length) {
      long at = offset + done;
      int inObject = striping.offsetInObject(at);
      int n = Math.min(striping.objectSizeBytes() - inObject, length - done);
      ranges.add(new ObjectRange(striping.objectOf(at), inObject, n, done));
      done += n;
    }
    return ranges;
  }
}
