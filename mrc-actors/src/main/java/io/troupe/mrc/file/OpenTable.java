package io.troupe.mrc.file;

import io.troupe.actors.session.SessionEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.actor.typed.ActorRef;

/** How often each session has the file open. */
public final class OpenTable {
  private final Map<ActorRef<SessionEvent>, Integer> opens = new LinkedHashMap<>();

  void restore(FileState state) {
    opens.clear();
    state.holders().forEach(h -> opens.put(h.session(), h.opens()));
  }

  public FileState snapshot() {
    return new FileState(
        opens.entrySet().stream()
            .map(e -> new FileState.Holder(e.getKey(), e.getValue()))
            .toList());
  }

  /** Counts an open; true for the session's first. */
  public boolean open(ActorRef<SessionEvent> session) {
    return open(session, 1);
  }

  boolean open(ActorRef<SessionEvent> session, int times) {
    return opens.merge(session, times, Integer::sum) == times;
  }

  /** The session has the file open so often, or more often; true where none was known. */
  public boolean atLeast(ActorRef<SessionEvent> session, int times) {
    int known = opens(session);
    opens.put(session, Math.max(known, times));
    return known == 0;
  }

  /** Opens of one session. */
  public int opens(ActorRef<SessionEvent> session) {
    return opens.getOrDefault(session, 0);
  }

  public boolean holds(ActorRef<SessionEvent> session) {
    return opens.containsKey(session);
  }

  /** True for the session's last close. A close too many is ignored. */
  public boolean close(ActorRef<SessionEvent> session) {
    Integer n = opens.get(session);
    if (n == null) {
      return false;
    }
    if (n > 1) {
      opens.put(session, n - 1);
      return false;
    }
    opens.remove(session);
    return true;
  }

  public void forget(ActorRef<SessionEvent> session) {
    opens.remove(session);
  }

  /** Opens of all sessions. */
  public int opens() {
    return opens.values().stream().mapToInt(Integer::intValue).sum();
  }

  public boolean isEmpty() {
    return opens.isEmpty();
  }

  List<ActorRef<SessionEvent>> sessions() {
    return List.copyOf(opens.keySet());
  }
}
