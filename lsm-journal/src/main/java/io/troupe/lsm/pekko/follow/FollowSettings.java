package io.troupe.lsm.pekko.follow;

import com.typesafe.config.Config;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;

/**
 * How streams read.
 *
 * @param pageSize elements read at a time, and held in memory by a stream at most
 * @param refresh after this time a live stream looks by itself
 * @param dispatcher on which they read; its threads may block
 */
public record FollowSettings(int pageSize, Duration refresh, String dispatcher) {
  public FollowSettings {
    if (refresh.isNegative() || refresh.isZero()) {
      throw new IllegalArgumentException("refresh-interval is " + refresh + ", must be positive");
    }
  }

  /**
   * @param query configuration of a read journal
   */
  public static FollowSettings of(Config query, String dispatcher) {
    return new FollowSettings(
        query.getInt("page-size"), query.getDuration("refresh-interval"), dispatcher);
  }

  /** A stream that ends when it has read what there was at its start. */
  public <T> Source<T, NotUsed> current(Supplier<Pages<T>> pages, long start) {
    return Follow.source(pages, start, Optional.empty(), dispatcher);
  }

  /** A stream that goes on when the topic is raised. */
  public <T> Source<T, NotUsed> live(
      Supplier<Pages<T>> pages, long start, Signals signals, Topic topic) {
    return Follow.source(
        pages, start, Optional.of(new Follow.Watch(signals, topic, refresh)), dispatcher);
  }

  /** Reads a bounded number of names behind one, or from the first on. */
  public interface Names {
    List<String> after(Optional<String> name, int limit);
  }

  /** Names in order, a page at a time. */
  public Source<String, NotUsed> names(Names names, Optional<String> after, long limit) {
    return Source.unfold(after, last -> next(names, last))
        .mapConcat(page -> page)
        .take(limit)
        .async(dispatcher);
  }

  private Optional<Pair<Optional<String>, List<String>>> next(Names names, Optional<String> last) {
    List<String> page = names.after(last, pageSize);
    return page.isEmpty()
        ? Optional.empty()
        : Optional.of(Pair.create(Optional.of(page.getLast()), page));
  }
}
