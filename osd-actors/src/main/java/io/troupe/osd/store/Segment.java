package io.troupe.osd.store;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One file of blocks. Blocks are handed out once, from the front; freed ones are punched out.
 * Thread-safe.
 */
final class Segment implements AutoCloseable {
  private final int id;
  private final BlockFile file;

  /** Blocks that an object holds, durably or not. */
  private final AtomicInteger live = new AtomicInteger();

  private volatile boolean full;
  private volatile boolean failed;

  Segment(int id, BlockFile file) {
    this.id = id;
    this.file = file;
  }

  int id() {
    return id;
  }

  String name() {
    return file.name();
  }

  /** Nothing is added to it any more. */
  void seal() {
    full = true;
  }

  boolean isDead() {
    return full && live.get() == 0;
  }

  /** A sync of it failed: it takes nothing any more, and no later sync of it succeeds. */
  boolean hasFailed() {
    return failed;
  }

  void added(int blocks) {
    live.addAndGet(blocks);
  }

  void removed(int blocks) {
    live.addAndGet(-blocks);
  }

  int liveBlocks() {
    return live.get();
  }

  void write(int block, MemorySegment data) throws IOException {
    refuseIfFailed();
    file.write(offsetOf(block), data.asByteBuffer());
  }

  /** Fills the whole buffer; what lies behind the end of the file reads as zeros. */
  void read(int block, MemorySegment into) throws IOException {
    file.read(offsetOf(block), into.asByteBuffer());
  }

  /**
   * Makes everything written before durable. One at a time: the kernel tells of a failed write-out
   * once per open file, and whoever forces beside the one who is told must not take it for success.
   */
  synchronized void force() throws IOException {
    refuseIfFailed();
    try {
      file.force();
    } catch (IOException e) {
      failed = true;
      throw e;
    }
  }

  void beginWriteOut(int firstBlock, int blocks) {
    file.beginWriteOut(offsetOf(firstBlock), offsetOf(blocks));
  }

  private void refuseIfFailed() throws IOException {
    if (failed) {
      throw new IOException(name() + " failed a sync before");
    }
  }

  void punch(int firstBlock, int blocks) throws IOException {
    file.punch(offsetOf(firstBlock), offsetOf(blocks));
  }

  private static long offsetOf(int block) {
    return (long) block * BlockMap.BLOCK_BYTES;
  }

  long sizeBytes() throws IOException {
    return file.sizeBytes();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
