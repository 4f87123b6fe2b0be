package io.troupe.fuse.memory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The bytes of a file. What was never written is a hole. Guarded by its own monitor. */
final class Content {
  private final Chunks chunks;
  private @Nullable MemorySegment[] parts = new @Nullable MemorySegment[0];
  private long size;

  Content(Chunks chunks) {
    this.chunks = chunks;
  }

  synchronized long size() {
    return size;
  }

  synchronized int read(long offset, MemorySegment to) {
    int length = (int) Math.clamp(size - offset, 0L, to.byteSize());
    int done = 0;
    while (done < length) {
      long at = offset + done;
      int within = (int) (at % Chunks.BYTES);
      int n = Math.min(Chunks.BYTES - within, length - done);
      MemorySegment part = part((int) (at / Chunks.BYTES));
      if (part == null) {
        to.asSlice(done, n).fill((byte) 0);
      } else {
        MemorySegment.copy(part, within, to, done, n);
      }
      done += n;
    }
    return length;
  }

  synchronized void write(long offset, MemorySegment from) {
    long length = from.byteSize();
    long done = 0;
    while (done < length) {
      long at = offset + done;
      int within = (int) (at % Chunks.BYTES);
      int n = (int) Math.min(Chunks.BYTES - within, length - done);
      MemorySegment.copy(from, done, partToWrite((int) (at / Chunks.BYTES)), within, n);
      done += n;
    }
    size = Math.max(size, offset + length);
  }

  synchronized void truncate(long newSize) {
    int keep = (int) ((newSize + Chunks.BYTES - 1) / Chunks.BYTES);
    for (int i = keep; i < parts.length; i++) {
      MemorySegment part = parts[i];
      if (part != null) {
        chunks.give(part);
        parts[i] = null;
      }
    }
    int within = (int) (newSize % Chunks.BYTES);
    MemorySegment last = within == 0 ? null : part(keep - 1);
    if (last != null) {
      last.asSlice(within).fill((byte) 0);
    }
    size = newSize;
  }

  private @Nullable MemorySegment part(int index) {
    return index < parts.length ? parts[index] : null;
  }

  private MemorySegment partToWrite(int index) {
    if (index >= parts.length) {
      parts = Arrays.copyOf(parts, Math.max(index + 1, parts.length * 2));
    }
    MemorySegment part = parts[index];
    if (part == null) {
      part = chunks.take();
      parts[index] = part;
    }
    return part;
  }
}
