package io.troupe.lsm.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file. Reads may run concurrently with everything; writes come from one thread at a time.
 */
public interface DiskFile extends Closeable {

  /** Writes all of the buffer at an offset, growing the file when it ends there. */
  void write(long offset, ByteBuffer source) throws IOException;

  /** Reads until the buffer is full or the file ends. Returns how many bytes were read. */
  int read(long offset, ByteBuffer target) throws IOException;

  /**
   * Makes the contents durable. A failure means that it is unknown what is: it is never to be tried
   * again.
   */
  void force() throws IOException;

  /**
   * Starts to write out a part of what was written, so that the next {@link #force} has less to
   * wait for. A hint: promises nothing, and what fails of it is told by {@code force}.
   */
  default void writeOut(long offset, long bytes) {}

  /**
   * Takes the disk's room for the first so many bytes, which are still to be written: writing them
   * does not meet a full disk then. The size stays.
   *
   * @return false when the file system cannot do that; nothing is taken then
   */
  default boolean reserve(long bytes) throws IOException {
    return false;
  }

  long size() throws IOException;

  /** Cuts the file. */
  void truncate(long size) throws IOException;
}
