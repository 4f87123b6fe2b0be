package io.troupe.sharding.directory;

import io.troupe.actors.id.NodeId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the nodes of a replicated directory find together the first time, for one of them, without
 * Pekko, clock or I/O.
 *
 * <p>When there are as many nodes with role dir as are to keep it, and none of them belongs to a
 * directory, each writes down who they are. That is never changed. None takes part until it knows
 * that all have written the same: two that have written different names would count different
 * majorities. From then on a majority goes on alone.
 */
final class Founding {
  private final NodeId self;
  private final int replicas;

  /** What others have said, as long as they are members. */
  private final Map<NodeId, Optional<DirectoryMembers>> heard = new HashMap<>();

  /** What is to be done. */
  sealed interface Next {
    /** Look again later. */
    record Wait(String forWhat) implements Next {}

    /** To write it to the disk. */
    record Write(DirectoryMembers members) implements Next {}

    /** To take part. */
    record TakePart(List<NodeId> nodes) implements Next {}

    /** This node cannot keep the directory. */
    record Refuse(String why) implements Next {}
  }

  Founding(NodeId self, int replicas) {
    this.self = self;
    this.replicas = replicas;
  }

  void heard(NodeId from, Optional<DirectoryMembers> theirs) {
    heard.put(from, theirs);
  }

  /**
   * What to do now.
   *
   * @param mine what this node has on disk
   * @param present the cluster's members with role dir, this one included
   * @param mayFound whether there can be no other directory of this cluster
   */
  Next next(Optional<DirectoryMembers> mine, Set<NodeId> present, boolean mayFound) {
    heard.keySet().retainAll(present);
    if (mine.isPresent() && mine.get().formed()) {
      return new Next.TakePart(mine.get().nodes());
    }
    Optional<DirectoryMembers> told =
        heard.values().stream()
            .flatMap(Optional::stream)
            .filter(t -> mine.isEmpty() || !t.nodes().equals(mine.get().nodes()))
            .findFirst();
    if (told.isPresent()) {
      return follow(mine, told.get());
    }
    return mine.isPresent() ? agree(mine.get()) : found(present, mayFound);
  }

  private Next follow(Optional<DirectoryMembers> mine, DirectoryMembers told) {
    if (mine.isEmpty() && told.nodes().contains(self)) {
      return new Next.Write(new DirectoryMembers(told.nodes(), false));
    }
    return new Next.Refuse(
        "the directory of this cluster is on the nodes "
            + names(told.nodes())
            + (mine.isEmpty()
                ? ", and this one is " + self + "; start it without role dir"
                : ", but this one knows it to be on " + names(mine.get().nodes())));
  }

  private Next agree(DirectoryMembers mine) {
    Set<NodeId> missing = new TreeSet<>(Comparator.comparing(NodeId::toString));
    missing.addAll(mine.nodes());
    missing.remove(self);
    boolean formed = false;
    for (Map.Entry<NodeId, Optional<DirectoryMembers>> e : heard.entrySet()) {
      if (e.getValue().isPresent()) {
        missing.remove(e.getKey());
        formed |= e.getValue().get().formed();
      }
    }
    return formed || missing.isEmpty()
        ? new Next.Write(new DirectoryMembers(mine.nodes(), true))
        : new Next.Wait("the nodes " + names(missing) + " with role dir");
  }

  private Next found(Set<NodeId> present, boolean mayFound) {
    if (present.size() > replicas) {
      return new Next.Refuse(
          "%d nodes have role dir, but troupe.directory.replicas is %d; start this one without it"
              .formatted(present.size(), replicas));
    }
    if (present.size() < replicas) {
      int missing = replicas - present.size();
      return new Next.Wait(
          missing == 1 ? "one more node with role dir" : missing + " more nodes with role dir");
    }
    if (!present.stream().allMatch(n -> n.equals(self) || heard.containsKey(n))) {
      return new Next.Wait("word of the other nodes with role dir");
    }
    if (!mayFound) {
      return new Next.Refuse(SECOND);
    }
    return new Next.Write(
        new DirectoryMembers(
            Stream.concat(Stream.of(self), present.stream())
                .distinct()
                .sorted(Comparator.comparing(NodeId::toString))
                .toList(),
            false));
  }

  private static final String SECOND =
      "the nodes with role dir have an empty directory and would give the cluster that they joined"
          + " a second catalog; start the nodes that hold the directory instead, or, if there has"
          + " never been one, these once with -Dtroupe.directory.create=true";

  private static String names(Collection<NodeId> nodes) {
    return nodes.stream().map(NodeId::toString).collect(Collectors.joining(", "));
  }
}
