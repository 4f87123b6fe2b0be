package io.troupe.lsm.tool;

import io.troupe.lsm.entry.CursorOver;
import io.troupe.lsm.entry.EntryCursor;
import io.troupe.lsm.entry.Keys;
import java.io.IOException;

/** Each version of a key once, where several tables have it. */
final class Distinct extends CursorOver {

  private byte[] key = new byte[0];
  private long sequence = -1;

  Distinct(EntryCursor source) {
    super(source);
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
}
