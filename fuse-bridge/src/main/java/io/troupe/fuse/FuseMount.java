package io.troupe.fuse;

import io.troupe.actors.carry.CarryingThread;
import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.fuse.libc.Descriptors;
import io.troupe.fuse.libc.Mounts;
import io.troupe.fuse.mount.Connection;
import io.troupe.fuse.mount.MountException;
import io.troupe.fuse.mount.MountOptions;
import io.troupe.fuse.mount.MountPoint;
import io.troupe.fuse.mount.Mounter;
import io.troupe.fuse.ops.Caching;
import io.troupe.fuse.ops.Operations;
import io.troupe.fuse.protocol.Validity;
import io.troupe.fuse.transport.Channel;
import io.troupe.fuse.transport.DeviceChannel;
import io.troupe.fuse.transport.Reader;
import io.troupe.fuse.transport.RequestPool;
import io.troupe.gateway.fs.InodeFileSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mounted volume. It is served until it is unmounted, by {@link #close} or from outside ({@code
 * umount}, {@code fusermount3 -u}). Its threads are daemons: they do not keep a process alive.
 */
public final class FuseMount implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FuseMount.class);

  private static final Duration BUSY_RETRY = Duration.ofMillis(50);

  private final Path directory;
  private final FuseSettings settings;
  private final Mounter mounter;
  private final Connection connection;
  private final Operations operations;
  private final RequestPool pool;
  private final List<Channel> channels;
  private final List<Reader> readers;
  private final AtomicInteger readersLeft;
  private final CompletableFuture<Void> unmounted = new CompletableFuture<>();

  private FuseMount(
      Path directory,
      FuseSettings settings,
      Mounter mounter,
      Connection connection,
      Operations operations,
      RequestPool pool,
      List<Channel> channels) {
    this.directory = directory;
    this.settings = settings;
    this.mounter = mounter;
    this.connection = connection;
    this.operations = operations;
    this.pool = pool;
    this.channels = channels;
    this.readers = channels.stream().map(c -> new Reader(c, pool, operations)).toList();
    this.readersLeft = new AtomicInteger(channels.size());
  }

  /**
   * Mounts a file system whose root is inode 1. Returns when it can be used. A stale mount of ours
   * on the directory, left by a process that was killed, is detached first.
   *
   * @throws MountException with the cause and what helps, if it cannot be mounted
   */
  public static FuseMount mount(InodeFileSystem fs, Path directory, FuseSettings settings)
      throws IOException {
    return mount(fs, directory, settings, Mounter.ofThisUser());
  }

  static FuseMount mount(InodeFileSystem fs, Path directory, FuseSettings settings, Mounter mounter)
      throws IOException {
    Path path = MountPoint.prepare(directory, mounter);
    Operations operations = new Operations(fs, caching(settings), Clock.systemUTC());
    DeviceChannel first =
        mounter.mount(
            path,
            new MountOptions(
                settings.volume(), settings.allowOther(), settings.nosuid(), settings.nodev()));
    List<Channel> channels = new ArrayList<>();
    channels.add(first);
    RequestPool pool = new RequestPool(settings.requests());
    boolean serving = false;
    try {
      agree(new Reader(first, pool, operations), operations, path);
      for (int i = 1; i < settings.threads(); i++) {
        channels.add(first.another());
      }
      Connection connection = Connection.of(path);
      FuseMount mount =
          new FuseMount(path, settings, mounter, connection, operations, pool, channels);
      mount.start();
      serving = true;
      if (settings.readAheadBytes() > 0) {
        connection.setReadAhead(settings.readAheadBytes());
      }
      LOG.info(
          "mounted volume={} directory={} threads={} {}",
          settings.volume(),
          path,
          settings.threads(),
          operations.agreement());
      return mount;
    } finally {
      if (!serving) {
        mounter.unmount(path, true);
        channels.forEach(Channel::close);
        pool.close();
      }
    }
  }

  private static Caching caching(FuseSettings s) {
    return new Caching(
        Validity.of(s.entryTimeout()),
        Validity.of(s.attributeTimeout()),
        Validity.of(s.negativeTimeout()),
        s.keepCache(),
        s.autoInvalidate());
  }

  /** Cloned descriptors are of use once INIT is answered on the first. */
  private static void agree(Reader reader, Operations operations, Path path) throws IOException {
    try {
      // Twice: a kernel with a higher major version asks again.
      for (int i = 0; i < 2 && !operations.isReady(); i++) {
        if (!reader.serveOne()) {
          break;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MountException("interrupted while mounting on " + path, e);
    }
    if (!operations.isReady()) {
      throw new MountException(
          "cannot mount on " + path + ": " + operations.agreement() + ", 7.31 is needed");
    }
  }

  private void start() {
    for (int i = 0; i < readers.size(); i++) {
      Reader reader = readers.get(i);
      String name = "fuse-" + settings.volume() + "-" + i;
      // A thread that carries a request, or waits for the disk with it, needs another that reads
      // on.
      Thread thread =
          readers.size() > 1
              ? new CarryingThread(() -> read(reader), name)
              : new Thread(() -> read(reader), name);
      thread.setDaemon(true);
      thread.start();
    }
  }

  private void read(Reader reader) {
    try {
      reader.run();
    } finally {
      if (readersLeft.decrementAndGet() == 0) {
        end();
      }
    }
  }

  /** On the last reader: nothing comes in any more; what is under way goes on to its end. */
  private void end() {
    boolean quiet = false;
    try {
      quiet = pool.awaitAll(settings.unmountTimeout());
      if (!quiet) {
        LOG.error("requests are still under way after {}; memory stays", settings.unmountTimeout());
      }
      abandonOpenFiles();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // A reply that is still to come must not find its descriptor used for something else.
      if (quiet) {
        channels.forEach(Channel::close);
        pool.close();
      }
      LOG.info("unmounted volume={} directory={}", settings.volume(), directory);
      unmounted.complete(null);
    }
  }

  private void abandonOpenFiles() throws InterruptedException {
    try {
      List<Result<Done>> results =
          operations
              .abandonOpenFiles()
              .get(settings.unmountTimeout().toNanos(), TimeUnit.NANOSECONDS);
      for (Result<Done> result : results) {
        if (result instanceof Result.Failed<Done>(Errno errno, String detail)) {
          LOG.error("not all could be made durable at unmount: {} {}", errno, detail);
        }
      }
    } catch (ExecutionException | CompletionException | TimeoutException e) {
      LOG.error("not all could be made durable at unmount", e);
    }
  }

  /** Without symbolic links. */
  public Path directory() {
    return directory;
  }

  /**
   * Completes, on a thread of the mount, when it is unmounted, everything under way is answered and
   * files that were still open are flushed.
   */
  public CompletableFuture<Void> onUnmounted() {
    return unmounted.copy();
  }

  /**
   * Unmounts. Waits until nobody uses it, up to the configured bound; then takes it out of the tree
   * and ends the connection, so that who still has a file open gets ENOTCONN. What was written by
   * then is flushed. Calling it again, or after the volume was unmounted from outside, does
   * nothing.
   *
   * @throws IOException if it cannot be unmounted
   */
  @Override
  public void close() throws IOException {
    try {
      if (!unmountedInTime()) {
        LOG.warn(
            "directory={} was in use for {}: detaching it", directory, settings.unmountTimeout());
        detach();
      }
      if (!hasEndedWithin(settings.unmountTimeout().multipliedBy(3))) {
        LOG.error("directory={} is detached, but still served", directory);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + directory + " was unmounted", e);
    }
  }

  /**
   * Takes the mount out of the tree and ends the readers, though the kernel has no end for them
   * yet: each leaves after one more request, which asking for the space that is left makes. With
   * their descriptors closed the kernel ends the connection.
   */
  private void detach() throws IOException {
    int root = Descriptors.openPath(directory.toString());
    try {
      mounter.unmount(directory, true);
      readers.forEach(Reader::stop);
      int answer = root < 0 ? root : 0;
      while (answer == 0 && !unmounted.isDone()) {
        answer = Mounts.probe(root);
      }
    } finally {
      if (root >= 0) {
        Descriptors.close(root);
      }
    }
  }

  private boolean unmountedInTime() throws IOException, InterruptedException {
    long deadline = System.nanoTime() + settings.unmountTimeout().toNanos();
    while (!unmounted.isDone() && connection.isMountedOn(directory)) {
      try {
        mounter.unmount(directory, false);
        return true;
      } catch (Mounter.BusyException e) {
        if (System.nanoTime() > deadline) {
          return false;
        }
      }
      hasEndedWithin(BUSY_RETRY);
    }
    return true;
  }

  private boolean hasEndedWithin(Duration limit) throws InterruptedException {
    try {
      unmounted.get(limit.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("never completes exceptionally", e);
    }
  }
}
