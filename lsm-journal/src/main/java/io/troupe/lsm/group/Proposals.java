package io.troupe.lsm.group;

import io.troupe.lsm.replicated.LogEntry;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** What was proposed here and is not applied yet. */
final class Proposals {

  private record Waiting(CompletableFuture<Long> done, long bytes) {}

  private final IdentityHashMap<LogEntry.Content, Waiting> offered = new IdentityHashMap<>();
  private final TreeMap<Long, Waiting> byIndex = new TreeMap<>();
  private long bytes;

  int count() {
    return offered.size() + byIndex.size();
  }

  long bytes() {
    return bytes;
  }

  /** Something is handed to the log. */
  CompletableFuture<Long> offer(LogEntry.Content content, long size) {
    var waiting = new Waiting(new CompletableFuture<>(), size);
    bytes += size;
    offered.put(content, waiting);
    return waiting.done();
  }

  /** An entry is in the log: perhaps one of these. */
  void taken(LogEntry entry) {
    Waiting waiting = offered.remove(entry.content());
    if (waiting != null) {
      byIndex.put(entry.index(), waiting);
    }
  }

  void rejected(LogEntry.Content content, ProposalException why) {
    Waiting waiting = offered.remove(content);
    if (waiting != null) {
      bytes -= waiting.bytes();
      waiting.done().completeExceptionally(why);
    }
  }

  /** Entries up to an index are in the state. */
  void applied(long index) {
    while (!byIndex.isEmpty() && byIndex.firstKey() <= index) {
      long done = byIndex.firstKey();
      Waiting waiting = byIndex.remove(done);
      if (waiting != null) {
        bytes -= waiting.bytes();
        waiting.done().complete(done);
      }
    }
  }

  /** Nobody knows what becomes of those behind an index. */
  void unknown(long committed, ProposalException why) {
    List<Waiting> lost = new ArrayList<>(byIndex.tailMap(committed, false).values());
    byIndex.tailMap(committed, false).clear();
    for (Waiting waiting : lost) {
      bytes -= waiting.bytes();
      waiting.done().completeExceptionally(why);
    }
  }

  /** The member has ended: nobody will know of any. */
  void end(ProposalException why) {
    byIndex.values().forEach(waiting -> waiting.done().completeExceptionally(why));
    offered.values().forEach(waiting -> waiting.done().completeExceptionally(why));
    byIndex.clear();
    offered.clear();
    bytes = 0;
  }
}
