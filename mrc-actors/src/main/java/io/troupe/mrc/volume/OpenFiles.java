package io.troupe.mrc.volume;

import io.troupe.actors.session.SessionEvent;
import io.troupe.mrc.file.FileState;
import io.troupe.mrc.file.OpenTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Who has which file of a partition open, for the plain case that needs no File entity: the file
 * has a name and no truncate is under way. A file's opens are handed over to its File entity when
 * its last name goes; a file that nobody has open goes with it.
 */
final class OpenFiles {
  private final int limit;
  private final Map<Long, OpenTable> files = new HashMap<>();

  /** With the last round in which each told what it has open; 0 before the first. */
  private final Map<ActorRef<SessionEvent>, Long> sessions = new HashMap<>();

  private int opens;

  /**
   * Makes an empty one.
   *
   * @param limit opens that it counts at most
   */
  OpenFiles(int limit) {
    this.limit = limit;
  }

  boolean isFull() {
    return opens >= limit;
  }

  /** Somebody whose open is counted here has the file open. */
  boolean holds(long inode) {
    return files.containsKey(inode);
  }

  /** Counts an open; true when the session was not known before. */
  boolean open(long inode, ActorRef<SessionEvent> session) {
    files.computeIfAbsent(inode, i -> new OpenTable()).open(session);
    opens++;
    return sessions.putIfAbsent(session, 0L) == null;
  }

  /**
   * A session tells what it has open. What comes late is not to count: the session may have closed
   * files since.
   *
   * @return whether no later round of it is known
   */
  boolean begins(ActorRef<SessionEvent> session, long round) {
    return sessions.merge(session, round, Math::max) == round;
  }

  boolean knows(ActorRef<SessionEvent> session) {
    return sessions.containsKey(session);
  }

  /** The session has the file open so often, or more often; here, where that is not counted yet. */
  void atLeast(long inode, ActorRef<SessionEvent> session, int times) {
    OpenTable table = files.computeIfAbsent(inode, i -> new OpenTable());
    opens -= table.opens();
    table.atLeast(session, times);
    opens += table.opens();
  }

  /** Opens that are counted here. */
  int opens(long inode, ActorRef<SessionEvent> session) {
    OpenTable table = files.get(inode);
    return table == null ? 0 : table.opens(session);
  }

  /** Takes an open back; false when none of that session is counted here. */
  boolean close(long inode, ActorRef<SessionEvent> session) {
    OpenTable table = files.get(inode);
    if (table == null || !table.holds(session)) {
      return false;
    }
    table.close(session);
    opens--;
    if (table.isEmpty()) {
      files.remove(inode);
    }
    return true;
  }

  /** The session has ended, and with it all its opens. */
  void forget(ActorRef<SessionEvent> session) {
    sessions.remove(session);
    files.values().forEach(table -> table.forget(session));
    files.values().removeIf(OpenTable::isEmpty);
    opens = files.values().stream().mapToInt(OpenTable::opens).sum();
  }

  /** Gives the opens of a file away. */
  List<FileState.Holder> handOver(long inode) {
    OpenTable table = files.remove(inode);
    if (table == null) {
      return List.of();
    }
    opens -= table.opens();
    return table.snapshot().holders();
  }

  Set<Long> inodes() {
    return Set.copyOf(files.keySet());
  }
}
