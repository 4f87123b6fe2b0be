package io.troupe.gateway.fs;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.FileDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that this client has open, by handle and by inode, and those that it released before
 * all of them was flushed. The latter are kept for a while, to be flushed when it works again.
 * Thread-safe.
 */
final class OpenFiles {
  private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);

  /** As long as a node takes to start anew, with some reserve. */
  static final Duration KEPT_UNFLUSHED = Duration.ofMinutes(5);

  /** More released files are not kept: about 1 KB each. */
  static final int MAX_UNFLUSHED = 10_000;

  private final Map<Long, OpenInode> byInode = new ConcurrentHashMap<>();
  private final Map<Long, OpenInode> byHandle = new ConcurrentHashMap<>();
  private final AtomicLong nextHandle = new AtomicLong(1);
  private final AtomicInteger unflushed = new AtomicInteger();

  @Nullable OpenInode ofHandle(long handle) {
    return byHandle.get(handle);
  }

  @Nullable OpenInode ofInode(long inode) {
    return byInode.get(inode);
  }

  Collection<OpenInode> all() {
    return byInode.values();
  }

  Set<Long> handles() {
    return byHandle.keySet();
  }

  boolean isEmpty() {
    return byInode.isEmpty();
  }

  /** One more handle. */
  long add(FileId file, FileDescription d) {
    OpenInode open =
        byInode.compute(
            file.inode(),
            (i, known) -> {
              OpenInode o = known == null ? new OpenInode(file, d) : known;
              if (o.releasedAt().isPresent()) {
                unflushed.decrementAndGet();
              }
              o.handleAdded();
              o.described(d);
              return o;
            });
    long handle = nextHandle.getAndIncrement();
    byHandle.put(handle, open);
    return handle;
  }

  /** The file of a handle that is no more; {@link #released} follows. */
  @Nullable OpenInode remove(long handle) {
    return byHandle.remove(handle);
  }

  /** A handle is gone, after a flush that came to this. */
  void released(OpenInode open, Result<?> flushed, Instant now) {
    byInode.computeIfPresent(
        open.file().inode(),
        (i, o) -> {
          o.handleGone(now);
          if (o.releasedAt().isPresent()) {
            unflushed.incrementAndGet();
          }
          return keep(o, flushed, now);
        });
  }

  /** A file without handles was flushed in the background, with this outcome. */
  void flushed(OpenInode open, Result<?> flushed, Instant now) {
    byInode.computeIfPresent(open.file().inode(), (i, o) -> keep(o, flushed, now));
  }

  private @Nullable OpenInode keep(OpenInode o, Result<?> flushed, Instant now) {
    if (o.releasedAt().isEmpty()) {
      return o;
    }
    boolean clean = o.isClean();
    boolean deleted =
        flushed instanceof Result.Failed<?> f
            && (f.errno() == Errno.ENOENT || f.errno() == Errno.ESTALE);
    boolean late = now.isAfter(o.releasedAt().get().plus(KEPT_UNFLUSHED));
    if (!clean && !deleted && !late && unflushed.get() <= MAX_UNFLUSHED) {
      return o;
    }
    if (!clean && !deleted) {
      givenUp(o, flushed instanceof Result.Failed<?> f ? f.detail() : "");
    }
    unflushed.decrementAndGet();
    return null;
  }

  private static void givenUp(OpenInode o, String why) {
    LOG.warn("file={} size={} event=unflushed-writes-given-up {}", o.file(), o.sizeBytes(), why);
  }

  /** Says which released files are lost with this client. */
  void giveUp() {
    for (OpenInode o : byInode.values()) {
      if (o.releasedAt().isPresent() && !o.isClean()) {
        givenUp(o, "the client is closed");
      }
    }
  }
}
