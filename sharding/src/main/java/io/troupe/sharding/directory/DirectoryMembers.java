package io.troupe.sharding.directory;

import io.troupe.actors.id.NodeId;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The nodes on which the directory is, as one of them has it on disk.
 *
 * <pre>
 *   1 formed|agreed uuid,uuid,uuid
 * </pre>
 *
 * @param nodes once and for all; sorted, this node among them
 * @param formed all of them have the same nodes on disk, so that a majority may go on alone
 */
record DirectoryMembers(List<NodeId> nodes, boolean formed) {
  private static final String VERSION = "1";

  DirectoryMembers {
    nodes = List.copyOf(nodes);
  }

  byte[] encoded() {
    return String.join(
            " ",
            VERSION,
            formed ? "formed" : "agreed",
            nodes.stream().map(NodeId::toString).collect(Collectors.joining(",")))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Throws {@link IllegalArgumentException} for what {@link #encoded} has not written. */
  static DirectoryMembers decoded(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    List<String> parts = Stream.of(text.split(" ", -1)).toList();
    boolean known =
        parts.size() == 3
            && parts.getFirst().equals(VERSION)
            && List.of("formed", "agreed").contains(parts.get(1));
    if (!known) {
      throw new IllegalArgumentException("not the nodes of a directory: " + text);
    }
    return new DirectoryMembers(
        Stream.of(parts.get(2).split(",", -1)).map(NodeId::of).toList(),
        parts.get(1).equals("formed"));
  }
}
