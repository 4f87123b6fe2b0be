package io.troupe.lsm.pekko;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.Cursor;
import io.troupe.lsm.Index;
import io.troupe.lsm.KeyRange;
import io.troupe.lsm.Reader;
import io.troupe.lsm.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keys of the plugins' indices. A name is a persistence id or a tag.
 *
 * <pre>
 *   plain:    | name (UTF-8) |
 *   numbered: | name (UTF-8) | 0x00 | number (u64, big endian) |
 *   ordinal:  | number (u64, big endian) |
 * </pre>
 *
 * The zero byte ends a name, so that no name is the prefix of another one's keys. A NUL within a
 * name is written as C0 80, which UTF-8 never contains.
 */
final class Keys {
  /** Longest name in bytes: with a number behind it, it has to be a key. */
  static final int MAX_NAME_BYTES = WriteBatch.MAX_KEY_BYTES - 9;

  private static final byte NUL_FIRST = (byte) 0xC0;
  private static final byte NUL_SECOND = (byte) 0x80;

  private Keys() {}

  static byte[] plain(String name) {
    byte[] bytes = isPlain(name) ? name.getBytes(UTF_8) : escaped(name);
    if (bytes.length == 0 || bytes.length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException(
          "a persistence id or tag has 1 to "
              + MAX_NAME_BYTES
              + " bytes in UTF-8, this one "
              + bytes.length);
    }
    return bytes;
  }

  static byte[] numbered(String name, long number) {
    return numbered(plain(name), number);
  }

  static byte[] numbered(byte[] plain, long number) {
    return ByteBuffer.allocate(plain.length + 9).put(plain).put((byte) 0).putLong(number).array();
  }

  static byte[] ordinal(long number) {
    return ByteBuffer.allocate(8).putLong(number).array();
  }

  /** The number of a numbered or ordinal key. */
  static long number(byte[] key) {
    return ByteBuffer.wrap(key).getLong(key.length - 8);
  }

  /** The name of a numbered key. */
  static String name(byte[] numberedKey) {
    return name(numberedKey, numberedKey.length - 9);
  }

  /** The name that the first bytes are. */
  static String name(byte[] key, int length) {
    String name = new String(key, 0, length, UTF_8);
    for (int i = 0; i < length; i++) {
      if (key[i] == NUL_FIRST) {
        return unescaped(key, length);
      }
    }
    return name;
  }

  /** From one number to another, both included; both from 0 on. Needs {@code from <= to}. */
  static KeyRange range(String name, long from, long to) {
    byte[] plain = plain(name);
    return to == Long.MAX_VALUE
        ? new KeyRange(numbered(plain, from), KeyRange.prefix(ended(plain)).to())
        : KeyRange.between(numbered(plain, from), numbered(plain, to + 1));
  }

  /** From one ordinal to another, both included. */
  static KeyRange ordinals(long from, long to) {
    return to == Long.MAX_VALUE
        ? KeyRange.from(ordinal(from))
        : KeyRange.between(ordinal(from), ordinal(to + 1));
  }

  /** The plain key right behind that of a name. */
  static byte[] next(String name) {
    return ended(plain(name));
  }

  private static byte[] ended(byte[] plain) {
    return ByteBuffer.allocate(plain.length + 1).put(plain).put((byte) 0).array();
  }

  private static boolean isPlain(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] escaped(String name) {
    ByteBuffer encoded;
    try {
      encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(name));
    } catch (CharacterCodingException e) {
      // Two such names could become the same key.
      throw new IllegalArgumentException("a persistence id or tag with half a character", e);
    }
    var bytes = new ByteArrayOutputStream(encoded.remaining() + 4);
    while (encoded.hasRemaining()) {
      byte b = encoded.get();
      if (b == 0) {
        bytes.write(NUL_FIRST);
        bytes.write(NUL_SECOND);
      } else {
        bytes.write(b);
      }
    }
    return bytes.toByteArray();
  }

  private static String unescaped(byte[] key, int length) {
    var bytes = new ByteArrayOutputStream(length);
    for (int i = 0; i < length; i++) {
      if (key[i] == NUL_FIRST) {
        bytes.write(0);
        i++;
      } else {
        bytes.write(key[i]);
      }
    }
    return bytes.toString(UTF_8);
  }

  /** The names that are keys of an index, in the order of their bytes, from behind one on. */
  static List<String> namesAfter(Reader reader, Index index, Optional<String> after, int limit) {
    KeyRange range = after.map(name -> KeyRange.from(next(name))).orElse(KeyRange.all());
    List<String> names = new ArrayList<>();
    try (Cursor c = reader.cursor(index, range)) {
      while (names.size() < limit && c.next()) {
        byte[] key = c.key();
        names.add(name(key, key.length));
      }
    }
    return names;
  }
}
