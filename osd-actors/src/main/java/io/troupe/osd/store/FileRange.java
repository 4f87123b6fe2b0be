package io.troupe.osd.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/**
 * What Linux can do with a range of a file and Java cannot.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/sync_file_range.2.html">sync_file_range(2)</a>
 */
final class FileRange {
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 02000000;
  private static final int KEEP_SIZE_AND_PUNCH_HOLE = 1 | 2;
  private static final int SYNC_FILE_RANGE_WRITE = 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FALLOCATE =
      handle(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle SYNC_FILE_RANGE =
      handle(
          "sync_file_range",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private FileRange() {}

  /** A system call on a descriptor; zero is success. */
  private interface Call {
    int on(int fd) throws Throwable;
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, FunctionDescriptor d, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), d, options);
  }

  /**
   * Punches a range out, which gives it back to the file system.
   *
   * @return false if the file system cannot, which costs space and nothing else
   */
  static boolean punch(Path file, long offset, long length) {
    return call(
        file, fd -> (int) FALLOCATE.invokeExact(fd, KEEP_SIZE_AND_PUNCH_HOLE, offset, length));
  }

  /**
   * Begins to write a range out, and neither waits for that nor makes anything durable. What fails
   * then is told by the next sync of whoever had the file open before.
   *
   * @return false if it could not be begun, which costs time and nothing else
   */
  static boolean beginWriteOut(Path file, long offset, long length) {
    return call(
        file, fd -> (int) SYNC_FILE_RANGE.invokeExact(fd, offset, length, SYNC_FILE_RANGE_WRITE));
  }

  private static boolean call(Path file, Call call) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), O_WRONLY | O_CLOEXEC);
      if (fd < 0) {
        return false;
      }
      try {
        return call.on(fd) == 0;
      } finally {
        int ignored = (int) CLOSE.invokeExact(fd);
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("a system call cannot throw", e);
    }
  }
}
