package io.troupe.fuse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** renameat2(2), which the class library does not offer. */
@SuppressWarnings("restricted")
final class RenameAt2 {
  static final int NO_REPLACE = 1;
  static final int EXCHANGE = 2;
  static final int WHITEOUT = 4;

  private static final int AT_FDCWD = -100;
  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("renameat2"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT),
              Linker.Option.captureCallState("errno"));

  private RenameAt2() {}

  /** 0, or a negative error number. */
  static int call(Path from, Path to, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
      int r =
          (int)
              CALL.invokeExact(
                  errno,
                  AT_FDCWD,
                  arena.allocateFrom(from.toString()),
                  AT_FDCWD,
                  arena.allocateFrom(to.toString()),
                  flags);
      return r < 0 ? -errno.get(JAVA_INT, 0) : 0;
    } catch (Throwable t) {
      throw new AssertionError(t);
    }
  }
}
