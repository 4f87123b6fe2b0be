package io.troupe.gateway.client;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.gateway.fs.InodeFileSystem;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * An open file. Reads and writes at offsets, in any order, by any number of threads; buffers belong
 * to a call until its stage completes.
 */
public final class TroupeFile implements AutoCloseable {
  private static final long CLOSE_SECONDS = 30;

  private final String path;
  private final InodeFileSystem fs;
  private final long handle;

  TroupeFile(String path, InodeFileSystem fs, long handle) {
    this.path = path;
    this.fs = fs;
    this.handle = handle;
  }

  private <T> T value(Result<T> result) {
    return switch (result) {
      case Result.Ok<T>(T value) -> value;
      case Result.Failed<T>(Errno errno, String detail) ->
          throw new FsException(errno, path + ": " + detail);
    };
  }

  /**
   * Reads into what remains of the buffer.
   *
   * @return number of bytes, less than asked for only at the end of the file; the buffer's position
   *     moves by it
   */
  public CompletionStage<Integer> read(ByteBuffer destination, long offset) {
    return read(MemorySegment.ofBuffer(destination), offset)
        .thenApply(
            n -> {
              destination.position(destination.position() + n);
              return n;
            });
  }

  /** Reads into the segment from its start. */
  public CompletionStage<Integer> read(MemorySegment destination, long offset) {
    return fs.read(handle, offset, destination).thenApplyAsync(this::value);
  }

  /**
   * Writes what remains of the buffer, whose position moves to its limit. Durable after a flush.
   */
  public CompletionStage<Integer> write(ByteBuffer source, long offset) {
    return write(MemorySegment.ofBuffer(source), offset)
        .thenApply(
            n -> {
              source.position(source.limit());
              return n;
            });
  }

  /** Writes the whole segment. Durable after a flush. */
  public CompletionStage<Integer> write(MemorySegment source, long offset) {
    return fs.write(handle, offset, source, false).thenApplyAsync(this::value);
  }

  /** Everything written so far is on stable storage when the stage completes. */
  public CompletionStage<Done> flush() {
    return fs.fsync(handle).thenApplyAsync(this::value);
  }

  /**
   * Flushes and closes, and waits for it. Throws {@link FsException} if what was written is not
   * durable.
   */
  @Override
  public void close() {
    try {
      value(fs.release(handle).toCompletableFuture().get(CLOSE_SECONDS, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FsException(Errno.EINTR, path + ": interrupted while closing");
    } catch (ExecutionException | TimeoutException e) {
      throw new FsException(Errno.EIO, path + ": could not be closed in time");
    }
  }
}
