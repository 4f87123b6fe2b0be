package io.troupe.lsm.table;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Memory that is real only where it was touched, in pages of 2 MiB if the kernel has them: what is
 * read here and there in a large cache waits for the translation of addresses as long as for the
 * memory itself. Where that is not to be had, memory as usual.
 */
final class HugePages {

  private static final long HUGE_BYTES = 2 << 20;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x02 | 0x20 | 0x4000;
  private static final int MADV_HUGEPAGE = 14;
  private static final long MAP_FAILED = -1;

  private HugePages() {}

  /** Zeroed; given back with the arena. */
  static MemorySegment allocate(long bytes, Arena arena) {
    if (bytes >= HUGE_BYTES && Calls.AVAILABLE) {
      long address = Calls.map(bytes + HUGE_BYTES);
      if (address != MAP_FAILED) {
        return segment(address, bytes, arena);
      }
    }
    return arena.allocate(bytes, 64);
  }

  @SuppressWarnings("restricted") // the mapping is as large as is said here
  private static MemorySegment segment(long address, long bytes, Arena arena) {
    long aligned = (address + HUGE_BYTES - 1) & -HUGE_BYTES;
    return MemorySegment.ofAddress(aligned)
        .reinterpret(bytes, arena, gone -> Calls.unmap(address, bytes + HUGE_BYTES));
  }

  /** Of the C library, on Linux, whose constants these are. */
  private static final class Calls {

    static final boolean AVAILABLE = System.getProperty("os.name", "").equals("Linux");

    private static final MethodHandle MMAP =
        handle(
            "mmap",
            FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MADVISE =
        handle("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MUNMAP =
        handle("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));

    private Calls() {}

    @SuppressWarnings("restricted") // the descriptors are those of the manual
    private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor);
    }

    static long map(long bytes) {
      try {
        long address =
            (long)
                MMAP.invokeExact(
                    0L, bytes, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
        if (address != MAP_FAILED) {
          // A hint: where it fails, pages are small.
          int unused = (int) MADVISE.invokeExact(address, bytes, MADV_HUGEPAGE);
        }
        return address;
      } catch (Throwable t) {
        throw new IllegalStateException("mmap", t);
      }
    }

    static void unmap(long address, long bytes) {
      try {
        int failed = (int) MUNMAP.invokeExact(address, bytes);
        if (failed != 0) {
          throw new IllegalStateException("munmap failed");
        }
      } catch (IllegalStateException e) {
        throw e;
      } catch (Throwable t) {
        throw new IllegalStateException("munmap", t);
      }
    }
  }
}
