package io.troupe.osd.store;

import io.troupe.actors.id.FileId;
import io.troupe.lsm.StoreException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An index in memory whose commits are done when a test says so, in their order. Of those that were
 * not done when the power fails, some of the first are there.
 */
final class SimIndex implements ObjectIndex {
  private record Pending(List<IndexChange> changes, CompletableFuture<Long> done) {}

  private final Map<FileId, NavigableMap<Long, byte[]>> objects = new HashMap<>();
  private final Map<FileId, NavigableMap<Long, byte[]>> inline = new HashMap<>();
  private final Map<FileId, Integer> epochs = new HashMap<>();
  private final Deque<Pending> pending = new ArrayDeque<>();
  private boolean held = true;
  private Optional<StoreException.Kind> refusal = Optional.empty();

  /** Whether commits wait for {@link #step}; they do at first. */
  synchronized void hold(boolean hold) {
    held = hold;
    while (!held && step()) {}
  }

  /** What commits meet from now on; nothing of them is done then. */
  synchronized void refuse(Optional<StoreException.Kind> kind) {
    refusal = kind;
  }

  /** Does the oldest commit; false if there is none. */
  synchronized boolean step() {
    Pending p = pending.poll();
    if (p == null) {
      return false;
    }
    p.changes().forEach(this::apply);
    p.done().complete(1L);
    return true;
  }

  /** Lets the oldest commit fail. */
  synchronized void fail(StoreException.Kind kind) {
    pending.remove().done().completeExceptionally(new StoreException(kind, "injected"));
  }

  synchronized int waiting() {
    return pending.size();
  }

  synchronized SimIndex afterPowerLoss(Random random) {
    for (int kept = random.nextInt(pending.size() + 1); kept > 0; kept--) {
      pending.remove().changes().forEach(this::apply);
    }
    SimIndex next = new SimIndex();
    next.objects.putAll(objects);
    next.inline.putAll(inline);
    next.epochs.putAll(epochs);
    return next;
  }

  private void apply(IndexChange c) {
    NavigableMap<Long, byte[]> of = objects.computeIfAbsent(c.file(), f -> new TreeMap<>());
    of.putAll(c.puts());
    c.deletes().forEach(of::remove);
    NavigableMap<Long, byte[]> inlineOf = inline.computeIfAbsent(c.file(), f -> new TreeMap<>());
    inlineOf.putAll(c.inlinePuts());
    c.inlineDeletes().forEach(inlineOf::remove);
    c.truncateEpoch().ifPresent(e -> epochs.put(c.file(), e));
    if (c.forgetsFile()) {
      epochs.remove(c.file());
    }
  }

  long liveBlocks() {
    long[] sum = {0};
    forEach(map -> sum[0] += map.all().size());
    return sum[0];
  }

  /** Whether there are inline blocks of exactly those objects whose maps have some. */
  synchronized boolean hasNoStrayInlineBlocks() {
    Map<FileId, Set<Long>> wanted = new HashMap<>();
    objects.forEach(
        (file, maps) ->
            maps.forEach(
                (object, value) -> {
                  if (BlockMap.decode(value).mayHaveInlineRecord()) {
                    wanted.computeIfAbsent(file, f -> new HashSet<>()).add(object);
                  }
                }));
    Map<FileId, Set<Long>> found = new HashMap<>();
    inline.forEach(
        (file, records) -> {
          if (!records.isEmpty()) {
            found.put(file, records.keySet());
          }
        });
    return found.equals(wanted);
  }

  synchronized void forgetInline(FileId file, long object) {
    of(inline, file).remove(object);
  }

  /** Changes a byte of an object's inline blocks. */
  synchronized void damageInline(FileId file, long object, int at) {
    Objects.requireNonNull(of(inline, file).get(object))[at] ^= 1;
  }

  @Override
  public synchronized OptionalInt truncateEpoch(FileId file) {
    Integer e = epochs.get(file);
    return e == null ? OptionalInt.empty() : OptionalInt.of(e);
  }

  private static NavigableMap<Long, byte[]> of(
      Map<FileId, NavigableMap<Long, byte[]>> records, FileId file) {
    return records.getOrDefault(file, new TreeMap<>());
  }

  @Override
  public synchronized Optional<BlockMap> load(FileId file, long object) {
    Optional<BlockMap> map =
        Optional.ofNullable(of(objects, file).get(object)).map(BlockMap::decode);
    byte[] record = of(inline, file).get(object);
    return record == null ? map : map.map(m -> m.with(record));
  }

  @Override
  public synchronized List<Long> objectsFrom(FileId file, long first) {
    return List.copyOf(of(objects, file).tailMap(first).keySet());
  }

  @Override
  public synchronized void forEach(Consumer<BlockMap> each) {
    objects.values().forEach(o -> o.values().forEach(v -> each.accept(BlockMap.decode(v))));
  }

  @Override
  public synchronized CompletionStage<Long> commit(List<IndexChange> changes, boolean reclaims) {
    if (refusal.isPresent()) {
      return CompletableFuture.failedFuture(new StoreException(refusal.get(), "injected"));
    }
    CompletableFuture<Long> done = new CompletableFuture<>();
    pending.add(new Pending(changes, done));
    if (!held) {
      step();
    }
    return done;
  }
}
