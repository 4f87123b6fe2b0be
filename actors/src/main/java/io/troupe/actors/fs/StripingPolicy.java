package io.troupe.actors.fs;

/**
 * RAID0: object n of a file lies on OSD {@code n mod width} of its replica.
 *
 * @param objectSizeBytes a power of two, 4 KiB..1 MiB
 * @param width number of OSDs, 1..256
 */
public record StripingPolicy(int objectSizeBytes, int width) {
  public static final int MIN_OBJECT_SIZE_BYTES = 4 << 10;

  /** What one frame of the object stream carries, and what the kernel writes at a time. */
  public static final int MAX_OBJECT_SIZE_BYTES = 1 << 20;

  public static final int MAX_WIDTH = 256;

  public StripingPolicy {
    if (objectSizeBytes < MIN_OBJECT_SIZE_BYTES
        || objectSizeBytes > MAX_OBJECT_SIZE_BYTES
        || Integer.bitCount(objectSizeBytes) != 1) {
      throw new IllegalArgumentException(
          "object size must be a power of two from 4 KiB to 1 MiB, not "
              + objectSizeBytes
              + " bytes");
    }
    if (width < 1 || width > MAX_WIDTH) {
      throw new IllegalArgumentException("width must be 1.." + MAX_WIDTH + ", not " + width);
    }
  }

  public long objectOf(long offset) {
    return offset / objectSizeBytes;
  }

  public int offsetInObject(long offset) {
    return (int) (offset & (objectSizeBytes - 1));
  }

  /** Index, in the replica's list, of the OSD that holds the object. */
  public int columnOf(long object) {
    return (int) (object % width);
  }
}
