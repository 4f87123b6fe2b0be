package io.troupe.osd.store;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file of blocks. Blocks are handed out once, from the front; freed ones are punched out.
 * Thread-safe.
 */
final class Segment implements AutoCloseable {
  private final int id;
  private final Path path;
  private final FileChannel channel;

  /** Blocks that an object holds, durably or not. */
  private final AtomicInteger live = new AtomicInteger();

  private volatile boolean full;
  private volatile boolean failed;

  private Segment(int id, Path path, FileChannel channel) {
    this.id = id;
    this.path = path;
    this.channel = channel;
  }

  static String nameOf(int id) {
    return "segment-%08d".formatted(id);
  }

  static Segment create(Path directory, int id) throws IOException {
    Path path = directory.resolve(nameOf(id));
    return new Segment(id, path, FileChannel.open(path, CREATE, READ, WRITE));
  }

  /** One of an earlier run: nothing is added to it any more. */
  static Segment open(Path directory, int id) throws IOException {
    Segment s = create(directory, id);
    s.full = true;
    return s;
  }

  int id() {
    return id;
  }

  Path path() {
    return path;
  }

  void close(boolean nothingComes) {
    full = nothingComes;
  }

  boolean isDead() {
    return full && live.get() == 0;
  }

  void added(int blocks) {
    live.addAndGet(blocks);
  }

  void removed(int blocks) {
    live.addAndGet(-blocks);
  }

  void write(int block, MemorySegment data) throws IOException {
    if (failed) {
      throw new IOException(path + " failed a sync before");
    }
    ByteBuffer from = data.asByteBuffer();
    long at = (long) block * BlockMap.BLOCK_BYTES;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  /** Fills the whole buffer; what lies behind the end of the file reads as zeros. */
  void read(int block, MemorySegment into) throws IOException {
    ByteBuffer to = into.asByteBuffer();
    long at = (long) block * BlockMap.BLOCK_BYTES;
    while (to.hasRemaining()) {
      int n = channel.read(to, at);
      if (n < 0) {
        into.asSlice(to.position()).fill((byte) 0);
        return;
      }
      at += n;
    }
  }

  /** After a failed sync nobody knows what is on the disk: the segment takes nothing any more. */
  void force() throws IOException {
    if (failed) {
      throw new IOException(path + " failed a sync before");
    }
    try {
      channel.force(false);
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  long sizeBytes() throws IOException {
    return channel.size();
  }

  void delete() throws IOException {
    channel.close();
    Files.deleteIfExists(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
