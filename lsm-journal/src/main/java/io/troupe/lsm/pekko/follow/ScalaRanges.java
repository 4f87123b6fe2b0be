package io.troupe.lsm.pekko.follow;

import java.util.List;
import org.apache.pekko.japi.Pair;
import scala.collection.immutable.Range;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Ranges of slices as Scala has them. */
public final class ScalaRanges {
  private ScalaRanges() {}

  public static Seq<Range> of(List<Pair<Integer, Integer>> ranges) {
    List<Range> all =
        ranges.stream().<Range>map(r -> new Range.Inclusive(r.first(), r.second(), 1)).toList();
    return CollectionConverters.asScala(all).toSeq();
  }
}
