package io.troupe.lsm.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file that threads of callers write and sync. A channel is closed when a thread that uses it is
 * interrupted, and then hides how the system call ended: whoever interrupts a caller would end the
 * store. System calls of our own know nothing of interruption.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/pwrite.2.html">pwrite(2)</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/fdatasync.2.html">fdatasync(2)</a>
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/sync_file_range.2.html">sync_file_range(2)</a>
 * @see <a href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>
 */
final class LogFile implements DiskFile {

  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int SYNC_FILE_RANGE_WRITE = 2;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int EINTR = 4;
  private static final int ENOSPC = 28;
  private static final int ENOSYS = 38;
  private static final int EOPNOTSUPP = 95;
  private static final int EDQUOT = 122;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle PWRITE =
      handle(
          "pwrite64",
          FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle FDATASYNC =
      handle(
          "fdatasync",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle SYNC_FILE_RANGE =
      handle(
          "sync_file_range",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle FALLOCATE =
      handle(
          "fallocate64",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          Linker.Option.captureCallState("errno"));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private final String name;
  private final FileChannel channel; // for what a log does seldom, and on threads of its own
  private final int descriptor;
  private final MemorySegment state = Arena.ofAuto().allocate(STATE); // of the one writer
  private boolean closed;

  private LogFile(String name, FileChannel channel, int descriptor) {
    this.name = name;
    this.channel = channel;
    this.descriptor = descriptor;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, FunctionDescriptor d, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), d, options);
  }

  /** Opens a file that exists. */
  static LogFile open(Path path) throws IOException {
    String name = String.valueOf(path.getFileName());
    FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      int descriptor;
      try {
        descriptor =
            (int) OPEN.invokeExact(state, arena.allocateFrom(path.toString()), O_RDWR | O_CLOEXEC);
      } catch (Throwable e) {
        throw impossible(e);
      }
      if (descriptor < 0) {
        channel.close();
        throw failed(name, "open", (int) ERRNO.get(state, 0L));
      }
      return new LogFile(name, channel, descriptor);
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    if (!source.isDirect()) {
      throw new IllegalArgumentException("a log is written from direct buffers");
    }
    checkOpen();
    while (source.hasRemaining()) {
      MemorySegment bytes = MemorySegment.ofBuffer(source);
      long written;
      try {
        written = (long) PWRITE.invokeExact(state, descriptor, bytes, bytes.byteSize(), offset);
      } catch (Throwable e) {
        throw impossible(e);
      }
      if (written < 0) {
        int errno = (int) ERRNO.get(state, 0L);
        if (errno != EINTR) {
          throw failed(name, "pwrite", errno);
        }
      } else {
        source.position(source.position() + (int) written);
        offset += written;
      }
    }
  }

  @Override
  public void force() throws IOException {
    checkOpen();
    int outcome;
    try {
      outcome = (int) FDATASYNC.invokeExact(state, descriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
    if (outcome != 0) {
      throw failed(name, "fdatasync", (int) ERRNO.get(state, 0L));
    }
  }

  @Override
  public void writeOut(long offset, long bytes) {
    if (closed) {
      return;
    }
    try {
      // It neither waits nor takes an error from the sync to come.
      int ignored =
          (int) SYNC_FILE_RANGE.invokeExact(descriptor, offset, bytes, SYNC_FILE_RANGE_WRITE);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  @Override
  public boolean reserve(long bytes) throws IOException {
    checkOpen();
    while (true) {
      int outcome;
      try {
        outcome = (int) FALLOCATE.invokeExact(state, descriptor, FALLOC_FL_KEEP_SIZE, 0L, bytes);
      } catch (Throwable e) {
        throw impossible(e);
      }
      if (outcome == 0) {
        return true;
      }
      int errno = (int) ERRNO.get(state, 0L);
      if (errno == EOPNOTSUPP || errno == ENOSYS) {
        return false;
      }
      if (errno != EINTR) {
        throw failed(name, "fallocate", errno);
      }
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) throws IOException {
    return FileDisk.read(channel, offset, target);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    channel.close();
    try {
      int ignored = (int) CLOSE.invokeExact(descriptor);
    } catch (Throwable e) {
      throw impossible(e);
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException(name + " is closed"); // the number may be another file's by now
    }
  }

  private static IOException failed(String name, String call, int errno) {
    return errno == ENOSPC || errno == EDQUOT
        ? new NoSpaceException(name + ": no space left")
        : new IOException(name + ": " + call + " failed, errno " + errno);
  }

  private static Error impossible(Throwable e) {
    return e instanceof Error error ? error : new AssertionError("a system call cannot throw", e);
  }
}
