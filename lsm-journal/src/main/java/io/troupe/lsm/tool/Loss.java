package io.troupe.lsm.tool;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.troupe.lsm.version.Version;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Something of a store that cannot be read any more, as exactly as it is known.
 *
 * @param file which held it
 * @param offset in bytes from the start of the file
 * @param index id of the index that it belongs to; -1 for any
 * @param indexName its name; empty when it is not known
 * @param from the lowest key that may be meant; none for the start of all keys
 * @param through the highest one; none for the end of all keys
 * @param firstSequence the lowest sequence number that may be meant; 0 for any
 * @param lastSequence the highest one; 0 for any
 * @param what it was, and what that means
 */
public record Loss(
    String file,
    long offset,
    int index,
    String indexName,
    Optional<byte[]> from,
    Optional<byte[]> through,
    long firstSequence,
    long lastSequence,
    String what) {

  static Loss of(String file, long offset, String what) {
    return new Loss(file, offset, -1, "", Optional.empty(), Optional.empty(), 0, 0, what);
  }

  Loss in(int id, Version version) {
    String name =
        version.indices().stream()
            .filter(known -> known.id() == id)
            .map(io.troupe.lsm.Index::name)
            .findFirst()
            .orElse("#" + id);
    return new Loss(file, offset, id, name, from, through, firstSequence, lastSequence, what);
  }

  Loss keys(Optional<byte[]> first, Optional<byte[]> last) {
    return new Loss(file, offset, index, indexName, first, last, firstSequence, lastSequence, what);
  }

  Loss sequences(long first, long last) {
    return new Loss(file, offset, index, indexName, from, through, first, last, what);
  }

  @Override
  public String toString() {
    var text = new StringBuilder("LOST    " + file + " at offset " + offset + ": " + what);
    if (index >= 0) {
      text.append("; index ").append(indexName).append(", keys from ");
      text.append(from.map(Loss::text).orElse("the first"));
      text.append(" through ").append(through.map(Loss::text).orElse("the last"));
    }
    if (lastSequence == Long.MAX_VALUE) {
      text.append("; sequence numbers from ").append(firstSequence).append(" on");
    } else if (lastSequence > 0) {
      text.append("; sequence numbers ").append(firstSequence).append(" to ").append(lastSequence);
    }
    return text.toString();
  }

  private static String text(byte[] key) {
    for (byte b : key) {
      if (b <= ' ' || b > '~') {
        return "0x" + HexFormat.of().formatHex(key);
      }
    }
    return new String(key, UTF_8);
  }
}
