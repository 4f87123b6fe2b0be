package io.troupe.gateway.fs;

import io.troupe.actors.id.PartitionId;
import io.troupe.gateway.io.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens that this client gives back to the MRC, some at a time: nobody waits for that, and one by
 * one they would be in the way of what somebody waits for. Until it is done, a file that is
 * unlinked meanwhile takes a longer way to its end, and no more. Thread-safe.
 */
final class Closes {
  /** As many of one partition are not kept back any longer. */
  static final int MAX_WAITING = 64;

  /** Nor are fewer, for longer; a timer may take some tenths of a second more. */
  static final Duration DELAY = Duration.ofMillis(10);

  /** Sends a list; returns at once. */
  interface Sender {
    void send(PartitionId partition, List<Long> inodes);
  }

  private final Timer timer;
  private final Sender sender;
  private final Map<PartitionId, List<Long>> waiting = new HashMap<>();

  Closes(Timer timer, Sender sender) {
    this.timer = timer;
    this.sender = sender;
  }

  /** One open less of a file. */
  void add(PartitionId partition, long inode) {
    int n;
    synchronized (this) {
      List<Long> inodes = waiting.computeIfAbsent(partition, p -> new ArrayList<>());
      inodes.add(inode);
      n = inodes.size();
    }
    if (n >= MAX_WAITING) {
      send(partition);
    } else if (n == 1) {
      timer.after(DELAY, () -> send(partition));
    }
  }

  /** Sends what waits, before a request to which it matters. */
  void send(PartitionId partition) {
    List<Long> inodes;
    synchronized (this) {
      inodes = waiting.remove(partition);
    }
    if (inodes != null) {
      sender.send(partition, inodes);
    }
  }

  void sendAll() {
    List<PartitionId> partitions;
    synchronized (this) {
      partitions = List.copyOf(waiting.keySet());
    }
    partitions.forEach(this::send);
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }
}
