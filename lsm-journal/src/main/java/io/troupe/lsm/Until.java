package io.troupe.lsm;

import io.troupe.lsm.entry.EntryCursor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** The versions of an ascending cursor in front of a key. */
final class Until implements EntryCursor {

  private final EntryCursor source;
  private final byte[] end;

  Until(EntryCursor source, byte[] end) {
    this.source = source;
    this.end = end;
  }

  @Override
  public boolean next() throws IOException {
    return source.next()
        && Arrays.compareUnsigned(source.keyBuffer(), 0, source.keyLength(), end, 0, end.length)
            < 0;
  }

  @Override
  public byte[] keyBuffer() {
    return source.keyBuffer();
  }

  @Override
  public int keyLength() {
    return source.keyLength();
  }

  @Override
  public long sequence() {
    return source.sequence();
  }

  @Override
  public byte kind() {
    return source.kind();
  }

  @Override
  public MemorySegment valueMemory() {
    return source.valueMemory();
  }

  @Override
  public long valueOffset() {
    return source.valueOffset();
  }

  @Override
  public int valueLength() {
    return source.valueLength();
  }

  @Override
  public void close() {
    source.close();
  }
}
