package io.troupe.bench.objects;

import java.lang.foreign.MemorySegment;

/** Objects of 1 MiB by number, wherever they are kept. */
interface Content {
  int OBJECT_BYTES = 1 << 20;

  /** Begins anew, without any object. */
  void clear() throws Exception;

  /** Not durable before the next {@link #sync}. */
  void write(int object, int offset, MemorySegment data) throws Exception;

  void sync() throws Exception;

  /** The range; valid until the next call. */
  MemorySegment read(int object, int offset, int length) throws Exception;

  /** The kernel forgets what it has of the content, as far as that is on the disk. */
  void dropCache() throws Exception;
}
