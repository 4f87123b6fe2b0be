package io.troupe.osd.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The open file of a segment. Thread-safe. */
interface BlockFile extends Closeable {
  /** What logs and errors call it. */
  String name();

  /** Writes the whole buffer, growing the file where it ends before that. */
  void write(long offset, ByteBuffer from) throws IOException;

  /** Fills the whole buffer; what lies behind the end of the file reads as zeros. */
  void read(long offset, ByteBuffer into) throws IOException;

  /** Makes the contents durable. A failure is final: nobody knows then what is on the disk. */
  void force() throws IOException;

  /**
   * Begins to write a range out, so that a later force finds less to do. Tells of no failure: the
   * next force does.
   */
  void beginWriteOut(long offset, long length);

  /** Gives a range back to the file system, where that can. It reads as zeros then. */
  void punch(long offset, long length) throws IOException;

  long sizeBytes() throws IOException;
}
