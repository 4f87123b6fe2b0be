package io.troupe.lsm.pekko;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** Texts within records: {@code | length (u16) | UTF-8 |}. */
final class Fields {
  private static final int MAX_TEXT_BYTES = 0xFFFF;

  private Fields() {}

  static byte[] text(String text) {
    byte[] bytes = text.getBytes(UTF_8);
    if (bytes.length > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          "text of " + bytes.length + " bytes, at most " + MAX_TEXT_BYTES);
    }
    return bytes;
  }

  static int size(byte[] text) {
    return 2 + text.length;
  }

  static void put(ByteBuffer out, byte[] text) {
    out.putShort((short) text.length).put(text);
  }

  static String get(ByteBuffer in) {
    byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
    in.get(bytes);
    return new String(bytes, UTF_8);
  }
}
