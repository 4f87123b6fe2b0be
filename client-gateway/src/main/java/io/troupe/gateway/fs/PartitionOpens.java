package io.troupe.gateway.fs;

import io.troupe.actors.volume.Incarnation;
import io.troupe.actors.volume.OpenCount;
import io.troupe.actors.volume.VolumeCommand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a client has open in one partition, as the Volume should have counted it, and what of it is
 * to be told again since the Volume began anew. It counts up to what it is told. So that this comes
 * to what the client has:
 *
 * <ul>
 *   <li>a file is told while no close of it is under way, and none is sent until that is
 *       acknowledged;
 *   <li>an open that is answered meanwhile may be one of those told or one more, so that its file
 *       is told once more.
 * </ul>
 *
 * <p>Not thread-safe; no I/O.
 */
final class PartitionOpens {
  /** An open that is asked for. */
  static final class Opening {
    private final OptionalLong inode;
    private boolean inPass;
    private boolean inPage;

    private Opening(OptionalLong inode) {
      this.inode = inode;
    }

    private boolean maySee(Collection<Long> inodes) {
      return inode.isEmpty() || inodes.contains(inode.getAsLong());
    }
  }

  /** Told together, in one message. */
  record Page(Incarnation incarnation, long round, List<OpenCount> files, Set<Long> inodes) {}

  private Optional<Incarnation> incarnation = Optional.empty();
  private boolean asking;
  private long round;
  private final Map<Long, Integer> counts = new HashMap<>();
  private final Set<Opening> underWay = new HashSet<>();
  private final Map<Long, Integer> closing = new HashMap<>();
  private final List<Long> heldBack = new ArrayList<>();
  private final Set<Long> toTell = new LinkedHashSet<>();
  private Optional<Page> page = Optional.empty();

  /** Of all that was open when another incarnation was seen: what it has not been told yet. */
  private final Set<Long> pass = new HashSet<>();

  // ---- opens and closes

  /**
   * An open is about to be asked for.
   *
   * @param inode empty where the answer tells it
   */
  Opening begin(OptionalLong inode) {
    Opening opening = new Opening(inode);
    opening.inPass = !pass.isEmpty();
    opening.inPage = page.isPresent() && opening.maySee(page.get().inodes());
    underWay.add(opening);
    return opening;
  }

  /** It succeeded. */
  void opened(Opening opening, long inode) {
    underWay.remove(opening);
    int n = counts.merge(inode, 1, Integer::sum);
    // Seen by an incarnation that is no more, or swallowed by what was told meanwhile; a single
    // open is nothing that could be swallowed.
    if (opening.inPass || (opening.inPage && n > 1)) {
      toTell.add(inode);
    }
  }

  void failed(Opening opening) {
    underWay.remove(opening);
  }

  /** Opens are given back; returns those to be sent now, of which {@link #closed} is to be told. */
  List<Long> close(List<Long> inodes) {
    List<Long> now = new ArrayList<>(inodes.size());
    for (long inode : inodes) {
      if (isTold(inode)) {
        heldBack.add(inode);
      } else {
        counts.computeIfPresent(inode, (i, n) -> n > 1 ? n - 1 : null);
        closing.merge(inode, 1, Integer::sum);
        now.add(inode);
      }
    }
    return now;
  }

  private boolean isTold(long inode) {
    return toTell.contains(inode) || (page.isPresent() && page.get().inodes().contains(inode));
  }

  /** The Volume has these, or will not have them any more. */
  void closed(List<Long> inodes) {
    for (long inode : inodes) {
      closing.computeIfPresent(inode, (i, n) -> n > 1 ? n - 1 : null);
    }
  }

  boolean holdsBack() {
    return !heldBack.isEmpty();
  }

  // ---- the incarnation

  /** Whether to ask now; then {@link #answered} or {@link #unanswered} follows. */
  boolean asks() {
    boolean now = !asking && !(counts.isEmpty() && underWay.isEmpty());
    asking |= now;
    return now;
  }

  boolean isUnknown() {
    return incarnation.isEmpty();
  }

  void unanswered() {
    asking = false;
  }

  void answered(Incarnation now) {
    asking = false;
    if (incarnation.filter(now::equals).isPresent()) {
      return;
    }
    incarnation = Optional.of(now);
    page = Optional.empty();
    toTell.addAll(counts.keySet());
    pass.clear();
    pass.addAll(counts.keySet());
    underWay.forEach(o -> o.inPass = true);
  }

  // ---- telling

  /** What to tell now, if anything; then {@link #told} or {@link #notTold} follows. */
  Optional<Page> nextPage() {
    if (incarnation.isEmpty() || page.isPresent()) {
      return Optional.empty();
    }
    List<OpenCount> files = new ArrayList<>();
    Set<Long> inodes = new HashSet<>();
    for (Iterator<Long> i = toTell.iterator();
        i.hasNext() && files.size() < VolumeCommand.MAX_REOPENED; ) {
      long inode = i.next();
      if (!closing.containsKey(inode)) {
        i.remove();
        files.add(new OpenCount(inode, Objects.requireNonNull(counts.get(inode))));
        inodes.add(inode);
      }
    }
    if (files.isEmpty()) {
      return Optional.empty();
    }
    underWay.stream().filter(o -> o.maySee(inodes)).forEach(o -> o.inPage = true);
    page = Optional.of(new Page(incarnation.get(), ++round, files, inodes));
    return page;
  }

  /** It was acknowledged; returns closes that waited for that, as {@link #close} does. */
  List<Long> told(Page which) {
    if (!isCurrent(which)) {
      return List.of();
    }
    page = Optional.empty();
    pass.removeAll(which.inodes());
    List<Long> waited = List.copyOf(heldBack);
    heldBack.clear();
    return close(waited);
  }

  /** Nobody answered: it may have arrived, and is told again. */
  void notTold(Page which) {
    if (isCurrent(which)) {
      page = Optional.empty();
      toTell.addAll(which.inodes());
    }
  }

  /** There is another incarnation by now. */
  void stale(Page which) {
    if (isCurrent(which)) {
      notTold(which);
      incarnation = Optional.empty();
    }
  }

  private boolean isCurrent(Page which) {
    return page.filter(p -> p.round() == which.round()).isPresent();
  }
}
