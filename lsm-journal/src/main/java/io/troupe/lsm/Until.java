package io.troupe.lsm;

import io.troupe.lsm.entry.CursorOver;
import io.troupe.lsm.entry.EntryCursor;
import java.io.IOException;
import java.util.Arrays;

/** The versions of an ascending cursor in front of a key. */
final class Until extends CursorOver {

  private final byte[] end;

  Until(EntryCursor source, byte[] end) {
    super(source);
    this.end = end;
  }

  @Override
  public boolean next() throws IOException {
    return source.next()
        && Arrays.compareUnsigned(source.keyBuffer(), 0, source.keyLength(), end, 0, end.length)
            < 0;
  }
}
