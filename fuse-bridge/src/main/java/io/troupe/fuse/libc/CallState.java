package io.troupe.fuse.libc;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Where a call leaves {@code errno}. One per caller that may run at the same time as another; the
 * memory is the caller's.
 */
public final class CallState {
  static final StructLayout LAYOUT = Linker.Option.captureStateLayout();

  /** Room that {@link #in} needs. */
  public static final long BYTES = LAYOUT.byteSize();

  private static final long ERRNO = LAYOUT.byteOffset(PathElement.groupElement("errno"));

  private final MemorySegment memory;

  private CallState(MemorySegment memory) {
    this.memory = memory;
  }

  /** Uses the first {@link #BYTES} of the segment. */
  public static CallState in(MemorySegment segment) {
    return new CallState(segment.asSlice(0, BYTES));
  }

  static CallState allocate(Arena arena) {
    return new CallState(arena.allocate(LAYOUT));
  }

  MemorySegment memory() {
    return memory;
  }

  void clear() {
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, ERRNO, 0);
  }

  int errno() {
    return memory.get(ValueLayout.JAVA_INT_UNALIGNED, ERRNO);
  }
}
