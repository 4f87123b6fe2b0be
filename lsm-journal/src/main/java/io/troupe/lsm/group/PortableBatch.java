package io.troupe.lsm.group;

import io.troupe.lsm.Index;
import io.troupe.lsm.WriteBatch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A batch in a form that any store can apply: ids of indices mean something within one store only,
 * so that their names travel, each once.
 *
 * <pre>
 * batch:     | version u7, reclaims u1 | names u16 | (length u8, name in UTF-8)… | operations u32 | operation… |
 * operation: | name u16 | kind u8 | key length u16 | value length u32 | key | value |
 * </pre>
 *
 * <p>Numbers are big-endian. The value of a deleted range is the first key behind it; of a number
 * that is added, its eight bytes. A batch that reclaims, which is the highest bit of the first
 * byte, is taken on a disk that is nearly full. What a batch expects does not travel: that was
 * decided where it was proposed.
 */
final class PortableBatch {

  private static final int VERSION = 1;
  private static final int RECLAIMS = 0x80;
  private static final int PUT = 1;
  private static final int DELETE = 2;
  private static final int DELETE_RANGE = 3;
  private static final int ADD = 4;
  private static final int MAX_NAME_BYTES = 255;

  private PortableBatch() {}

  /**
   * The bytes of a batch.
   *
   * @throws IllegalArgumentException when it expects something, or names keys that the group does
   *     not own
   */
  static byte[] encode(WriteBatch batch, GroupRanges ranges) {
    if (batch.isConditional()) {
      throw new IllegalArgumentException(
          "a batch that expects something cannot be replicated: decide it before");
    }
    var writer = new Encoder(ranges);
    batch.visit(writer);
    try {
      return writer.finish(batch.size(), batch.grows() ? VERSION : VERSION | RECLAIMS);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // of an array: there is none
    }
  }

  /**
   * Tells what a batch does; looks at everything before it tells it.
   *
   * @param index finds an index by its name; asked for names of the group's ranges only
   * @throws MalformedException when the bytes are no batch for these ranges
   */
  static void decode(
      byte[] bytes, GroupRanges ranges, Function<String, Index> index, WriteBatch.Visitor visitor) {
    var scan = new Scan("batch", bytes);
    int version = scan.u8() & ~RECLAIMS;
    if (version != VERSION) {
      throw scan.malformed("version " + version);
    }
    List<String> names = names(scan, ranges);
    List<Index> indices = new ArrayList<>(names.size());
    names.forEach(name -> indices.add(index.apply(name)));
    for (int left = scan.length(); left > 0; left--) {
      int number = scan.u16();
      if (number >= names.size()) {
        throw scan.malformed("index number " + number + " of " + names.size());
      }
      operation(scan, names.get(number), indices.get(number), ranges, visitor);
    }
    scan.end();
  }

  /** Whether the bytes of a batch say that it frees more than it puts. */
  static boolean reclaims(byte[] bytes) {
    return bytes.length > 0 && (bytes[0] & RECLAIMS) != 0;
  }

  /** Whether the bytes are a batch for these ranges; throws as {@link #decode}. */
  static void check(byte[] bytes, GroupRanges ranges) {
    decode(bytes, ranges, name -> new Index(name, 0), new Nothing());
  }

  /** Adds what a batch does to a batch of a store. */
  static void addTo(
      WriteBatch target, byte[] bytes, GroupRanges ranges, Function<String, Index> index) {
    decode(bytes, ranges, index, new Adder(target));
  }

  private static List<String> names(Scan scan, GroupRanges ranges) {
    int count = scan.u16();
    if (count > scan.left()) {
      throw scan.malformed(count + " names");
    }
    List<String> names = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      String name = scan.text(scan.u8());
      if (names.contains(name)
          || ranges.ranges().stream().noneMatch(owned -> owned.index().equals(name))) {
        throw scan.malformed("index '" + name + "' twice, or not of the group");
      }
      names.add(name);
    }
    return names;
  }

  private static void operation(
      Scan scan, String name, Index index, GroupRanges ranges, WriteBatch.Visitor visitor) {
    int kind = scan.u8();
    int keyLength = scan.u16();
    int valueLength = scan.length();
    if (keyLength < 1 || keyLength > WriteBatch.MAX_KEY_BYTES) {
      throw scan.malformed("key of " + keyLength + " bytes");
    }
    if (valueLength > WriteBatch.MAX_VALUE_BYTES) {
      throw scan.malformed("value of " + valueLength + " bytes");
    }
    byte[] key = scan.bytes(keyLength);
    if (kind == DELETE_RANGE) {
      if (valueLength < 1 || valueLength > WriteBatch.MAX_KEY_BYTES) {
        throw scan.malformed("end of a range of " + valueLength + " bytes");
      }
      byte[] to = scan.bytes(valueLength);
      if (Arrays.compareUnsigned(key, to) >= 0 || !ranges.owns(name, key, to)) {
        throw scan.malformed("range that is empty or not of the group");
      }
      visitor.deleteRange(index, key, to);
      return;
    }
    if (!ranges.owns(name, key)) {
      throw scan.malformed("key that is not of the group");
    }
    switch (kind) {
      case PUT -> visitor.put(index, key, scan.bytes(valueLength));
      case DELETE -> {
        if (valueLength != 0) {
          throw scan.malformed("delete with a value");
        }
        visitor.delete(index, key);
      }
      case ADD -> {
        if (valueLength != Long.BYTES) {
          throw scan.malformed("number of " + valueLength + " bytes");
        }
        visitor.add(index, key, scan.i64());
      }
      default -> throw scan.malformed("operation of kind " + kind);
    }
  }

  private static final class Encoder implements WriteBatch.Visitor {
    private final GroupRanges ranges;
    private final List<Index> indices = new ArrayList<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream operations = new DataOutputStream(bytes);

    Encoder(GroupRanges ranges) {
      this.ranges = ranges;
    }

    byte[] finish(int count, int first) throws IOException {
      var all = new ByteArrayOutputStream();
      var out = new DataOutputStream(all);
      out.writeByte(first);
      out.writeShort(indices.size());
      for (Index index : indices) {
        byte[] name = index.name().getBytes(StandardCharsets.UTF_8);
        if (name.length > MAX_NAME_BYTES) {
          throw new IllegalArgumentException("index name of " + name.length + " bytes");
        }
        out.writeByte(name.length);
        out.write(name);
      }
      out.writeInt(count);
      bytes.writeTo(out);
      return all.toByteArray();
    }

    @Override
    public void put(Index index, byte[] key, byte[] value) {
      owned(ranges.owns(index.name(), key), index);
      write(index, PUT, key, value);
    }

    @Override
    public void delete(Index index, byte[] key) {
      owned(ranges.owns(index.name(), key), index);
      write(index, DELETE, key, new byte[0]);
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      owned(ranges.owns(index.name(), from, to), index);
      write(index, DELETE_RANGE, from, to);
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      owned(ranges.owns(index.name(), key), index);
      write(index, ADD, key, ByteBuffer.allocate(Long.BYTES).putLong(delta).array());
    }

    private static void owned(boolean owned, Index index) {
      if (!owned) {
        throw new IllegalArgumentException(
            "the batch names keys of index " + index.name() + " that the group does not own");
      }
    }

    private void write(Index index, int kind, byte[] key, byte[] value) {
      int number = indices.indexOf(index);
      if (number < 0) {
        number = indices.size();
        indices.add(index);
      }
      try {
        operations.writeShort(number);
        operations.writeByte(kind);
        operations.writeShort(key.length);
        operations.writeInt(value.length);
        operations.write(key);
        operations.write(value);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private record Adder(WriteBatch batch) implements WriteBatch.Visitor {
    @Override
    public void put(Index index, byte[] key, byte[] value) {
      batch.put(index, key, value);
    }

    @Override
    public void delete(Index index, byte[] key) {
      batch.delete(index, key);
    }

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {
      batch.deleteRange(index, from, to);
    }

    @Override
    public void add(Index index, byte[] key, long delta) {
      batch.add(index, key, delta);
    }
  }

  private static final class Nothing implements WriteBatch.Visitor {
    @Override
    public void put(Index index, byte[] key, byte[] value) {}

    @Override
    public void delete(Index index, byte[] key) {}

    @Override
    public void deleteRange(Index index, byte[] from, byte[] to) {}

    @Override
    public void add(Index index, byte[] key, long delta) {}
  }
}
