package io.troupe.lsm.entry;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** Another cursor, as it is; who extends it says what is different. */
public abstract class CursorOver implements EntryCursor {

  protected final EntryCursor source;

  protected CursorOver(EntryCursor source) {
    this.source = source;
  }

  @Override
  public boolean next() throws IOException {
    return source.next();
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
