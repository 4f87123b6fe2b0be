package io.troupe.lsm.entry;

/**
 * What a version says about its key; one byte in memtables and tables. Constants rather than an
 * enum: they are compared and stored for every entry of every merge.
 */
public final class Kind {

  /** The key is gone; the value is empty. */
  public static final byte DELETE = 0;

  /** The key has the value. */
  public static final byte PUT = 1;

  /** A number, eight bytes big-endian, to be added to what older versions say. */
  public static final byte MERGE = 2;

  private Kind() {}

  /** Whether a byte is one of the kinds. */
  public static boolean isKnown(byte kind) {
    return kind >= DELETE && kind <= MERGE;
  }
}
