package io.troupe.actors.fs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A name of a directory entry or an extended attribute: bytes, as the kernel has them, in no
 * character set. Equal by content. The array is owned by the name and must not be changed.
 */
public final class Name implements Comparable<Name> {
  /** NAME_MAX of {@code limits.h}. */
  public static final int MAX_BYTES = 255;

  private final byte[] bytes;

  private Name(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A name of these bytes, which are handed over. Validity is the receiver's to judge. */
  public static Name of(byte[] bytes) {
    return new Name(bytes);
  }

  public static Name of(String text) {
    return new Name(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] bytes() {
    return bytes;
  }

  public int length() {
    return bytes.length;
  }

  /** True for "." and "..". */
  public boolean isDots() {
    return bytes.length > 0
        && bytes.length <= 2
        && bytes[0] == '.'
        && bytes[bytes.length - 1] == '.';
  }

  /** True for 1..255 bytes without NUL and slash, other than "." and "..". */
  public boolean isValidEntry() {
    if (bytes.length == 0 || bytes.length > MAX_BYTES) {
      return false;
    }
    if (isDots()) {
      return false;
    }
    for (byte b : bytes) {
      if (b == 0 || b == '/') {
        return false;
      }
    }
    return true;
  }

  @Override
  public int compareTo(Name o) {
    return Arrays.compareUnsigned(bytes, o.bytes);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Name n && Arrays.equals(bytes, n.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: bytes that are not UTF-8 show as replacement characters. */
  @Override
  public String toString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
