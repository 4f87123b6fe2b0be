package io.troupe.actors.lease;

import io.troupe.actors.id.NodeId;
import java.util.List;

/** What one node says to another in one go, of all cells that both take part in. */
public record LeaseBatch(NodeId from, List<LeaseMessage> messages) implements LeaseNodeCommand {
  public LeaseBatch {
    messages = List.copyOf(messages);
  }
}
