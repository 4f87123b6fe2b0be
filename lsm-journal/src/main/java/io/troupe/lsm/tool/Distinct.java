package io.troupe.lsm.tool;

import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Each version of a key once, where several tables have it. */
final class Distinct implements EntryCursor {

  private final EntryCursor source;
  private byte[] key = new byte[0];
  private long sequence = -1;

  Distinct(EntryCursor source) {
    this.source = source;
  }

  @Override
  public boolean next() throws IOException {
    while (source.next()) {
      boolean sameKey = Keys.same(key, key.length, source.keyBuffer(), source.keyLength());
      if (!sameKey) {
        key = source.copyKey();
      } else if (sequence == source.sequence()) {
        continue;
      }
      sequence = source.sequence();
      return true;
    }
    return false;
  }

  @Override
  public EntryCursor current() {
    return source.current();
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
