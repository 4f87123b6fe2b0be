package io.troupe.lease.flease;

import io.troupe.actors.id.NodeId;
import io.troupe.actors.lease.LeaseMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** What waits to be sent, by node. */
final class Outgoing {
  private final Limits limits;
  private final Map<NodeId, List<LeaseMessage>> waiting = new HashMap<>();
  private long dropped;

  Outgoing(Limits limits) {
    this.limits = limits;
  }

  void add(NodeId to, LeaseMessage message) {
    List<LeaseMessage> queue = waiting.computeIfAbsent(to, n -> new ArrayList<>());
    if (queue.size() < limits.queued()) {
      queue.add(message);
    } else {
      dropped++;
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  long dropped() {
    return dropped;
  }

  void flush(BiConsumer<NodeId, List<LeaseMessage>> sender) {
    Iterator<Map.Entry<NodeId, List<LeaseMessage>>> i = waiting.entrySet().iterator();
    while (i.hasNext()) {
      Map.Entry<NodeId, List<LeaseMessage>> e = i.next();
      // A node that nothing is said to any more leaves no queue behind.
      i.remove();
      List<LeaseMessage> all = e.getValue();
      for (int begin = 0; begin < all.size(); begin += limits.batch()) {
        sender.accept(e.getKey(), all.subList(begin, Math.min(all.size(), begin + limits.batch())));
      }
    }
  }
}
