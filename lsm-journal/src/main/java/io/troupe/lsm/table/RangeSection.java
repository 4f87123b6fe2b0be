package io.troupe.lsm.table;

import io.troupe.lsm.range.RangeTombstone;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Deletes of ranges as a section of a table. Layout: {@link TableFormat}. */
final class RangeSection {

  private RangeSection() {}

  static byte[] encode(List<RangeTombstone> ranges) {
    int bytes = 4;
    for (RangeTombstone range : ranges) {
      bytes += 12 + range.from().length + range.to().length;
    }
    ByteBuffer section = ByteBuffer.allocate(bytes);
    section.putInt(ranges.size());
    for (RangeTombstone range : ranges) {
      section.putShort((short) range.from().length).put(range.from());
      section.putShort((short) range.to().length).put(range.to());
      section.putLong(range.sequence());
    }
    return section.array();
  }

  static List<RangeTombstone> decode(ByteBuffer section) {
    List<RangeTombstone> ranges = new ArrayList<>();
    for (int left = section.getInt(); left > 0; left--) {
      byte[] from = new byte[section.getShort()];
      section.get(from);
      byte[] to = new byte[section.getShort()];
      section.get(to);
      ranges.add(new RangeTombstone(from, to, section.getLong()));
    }
    return List.copyOf(ranges);
  }
}
