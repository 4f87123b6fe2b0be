package io.troupe.fuse.libc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory that becomes real page by page as it is touched. What {@link Arena#allocate} gives is
 * filled with zeros at once, so that a pool of large buffers would cost all of its size from the
 * start.
 */
public final class Pages {
  public static final int PAGE_BYTES = 4096;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;

  private static final MethodHandle MMAP =
      Symbols.withErrno(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
  private static final MethodHandle MUNMAP =
      Symbols.withErrno("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

  private Pages() {}

  /**
   * Zeroed, page aligned memory that is given back when the arena closes. Throws {@link
   * OutOfMemoryError} if the kernel has none.
   */
  @SuppressWarnings("restricted") // The size is the one that mmap was asked for.
  public static MemorySegment map(long bytes, Arena arena) {
    try (Arena scratch = Arena.ofConfined()) {
      CallState state = CallState.allocate(scratch);
      long address =
          (long)
              MMAP.invokeExact(
                  state.memory(),
                  0L,
                  bytes,
                  PROT_READ_WRITE,
                  MAP_PRIVATE_ANONYMOUS_NORESERVE,
                  -1,
                  0L);
      if (address == -1) {
        throw new OutOfMemoryError("mmap of " + bytes + " bytes: errno " + state.errno());
      }
      return MemorySegment.ofAddress(address).reinterpret(bytes, arena, Pages::unmap);
    } catch (OutOfMemoryError e) {
      throw e;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  private static void unmap(MemorySegment segment) {
    try (Arena scratch = Arena.ofConfined()) {
      CallState state = CallState.allocate(scratch);
      int r = (int) MUNMAP.invokeExact(state.memory(), segment.address(), segment.byteSize());
      if (r < 0) {
        throw new IllegalStateException("munmap: errno " + state.errno());
      }
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }
}
