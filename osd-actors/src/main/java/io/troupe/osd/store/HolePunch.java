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
 * Gives ranges of a file back to the file system.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/fallocate.2.html">fallocate(2)</a>
 */
final class HolePunch {
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 02000000;
  private static final int KEEP_SIZE_AND_PUNCH_HOLE = 1 | 2;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MethodHandle OPEN =
      handle(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle FALLOCATE =
      handle(
          "fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle CLOSE =
      handle("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

  private HolePunch() {}

  @SuppressWarnings("restricted")
  private static MethodHandle handle(String name, FunctionDescriptor d, Linker.Option... options) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), d, options);
  }

  /**
   * Punches a range out.
   *
   * @return false if the file system cannot, which costs space and nothing else
   */
  static boolean punch(Path file, long offset, long length) {
    try (Arena arena = Arena.ofConfined()) {
      int fd = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), O_WRONLY | O_CLOEXEC);
      if (fd < 0) {
        return false;
      }
      try {
        int outcome = (int) FALLOCATE.invokeExact(fd, KEEP_SIZE_AND_PUNCH_HOLE, offset, length);
        return outcome == 0;
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
