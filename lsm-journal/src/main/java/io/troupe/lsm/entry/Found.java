package io.troupe.lsm.entry;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The version that a source has for a key, looked at in place. Filled in by the source that is
 * asked; its value is valid until {@link #release}. May be used again afterwards. For one thread.
 */
public final class Found {

  /** Memory that is not used for anything else before it is released. */
  public interface Pin {
    void release();
  }

  private byte kind;
  private long sequence;
  private MemorySegment memory = MemorySegment.NULL;
  private long offset;
  private int length;
  private @Nullable Pin pin;

  /** Says what was found; the view that is read keeps the value in memory. For sources. */
  public void set(
      byte versionKind,
      long versionSequence,
      MemorySegment valueMemory,
      long valueOffset,
      int valueLength) {
    kind = versionKind;
    sequence = versionSequence;
    memory = valueMemory;
    offset = valueOffset;
    length = valueLength;
  }

  /** Takes over what keeps the value in memory. For sources. */
  public void hold(Pin holder) {
    pin = holder;
  }

  /** One of {@link Kind}. */
  public byte kind() {
    return kind;
  }

  public long sequence() {
    return sequence;
  }

  /** The memory that has the value, from {@link #valueOffset} on. Not to be modified. */
  public MemorySegment valueMemory() {
    return memory;
  }

  public long valueOffset() {
    return offset;
  }

  /** Zero for a delete. */
  public int valueLength() {
    return length;
  }

  /** A copy of the value. */
  public byte[] copyValue() {
    byte[] copy = new byte[length];
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
    return copy;
  }

  /** Gives back the memory of the value. */
  public void release() {
    Pin held = pin;
    if (held != null) {
      pin = null;
      held.release();
    }
  }
}
