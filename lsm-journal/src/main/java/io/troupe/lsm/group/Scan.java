package io.troupe.lsm.group;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads bytes that nobody vouches for, from front to end. */
final class Scan {

  private final String what;
  private final ByteBuffer bytes;

  /**
   * Over an array.
   *
   * @param what the bytes are called in messages
   */
  Scan(String what, byte[] bytes) {
    this.what = what;
    this.bytes = ByteBuffer.wrap(bytes);
  }

  int u8() {
    need(1);
    return bytes.get() & 0xff;
  }

  int u16() {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  /** A length or a count; one that does not fit into what is left is refused before it is used. */
  int length() {
    need(4);
    int length = bytes.getInt();
    if (length < 0 || length > bytes.remaining()) {
      throw malformed("length " + Integer.toUnsignedLong(length));
    }
    return length;
  }

  /** A number that is not negative. */
  long number() {
    need(8);
    long number = bytes.getLong();
    if (number < 0) {
      throw malformed("number " + number);
    }
    return number;
  }

  long i64() {
    need(8);
    return bytes.getLong();
  }

  byte[] bytes(int length) {
    need(length);
    byte[] taken = new byte[length];
    bytes.get(taken);
    return taken;
  }

  String text(int length) {
    need(length);
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(bytes.slice(bytes.position(), length))
              .toString();
      bytes.position(bytes.position() + length);
      return text;
    } catch (CharacterCodingException e) {
      throw malformed("text that is not UTF-8");
    }
  }

  int left() {
    return bytes.remaining();
  }

  void end() {
    if (bytes.hasRemaining()) {
      throw malformed(bytes.remaining() + " bytes too many");
    }
  }

  MalformedException malformed(String why) {
    return new MalformedException(what + ": " + why + " at byte " + bytes.position());
  }

  private void need(int length) {
    if (bytes.remaining() < length) {
      throw malformed("ends, " + length + " bytes were expected");
    }
  }
}
