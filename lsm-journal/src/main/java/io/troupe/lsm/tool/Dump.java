package io.troupe.lsm.tool;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.Index;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.FileDisk;
import io.troupe.lsm.entry.Kind;
import io.troupe.lsm.range.RangeTombstone;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.table.TableScan;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.wal.Operations;
import io.troupe.lsm.wal.WalFormat;
import io.troupe.lsm.wal.WalReplay;
import io.troupe.lsm.wal.WalScan;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Shows the entries of a store as its files have them: all versions, deletes included. */
public final class Dump {

  /**
   * What is shown.
   *
   * @param index name of the only index to show; empty for all
   * @param prefix of the keys to show
   * @param limit how many entries at most
   */
  public record Choice(String index, byte[] prefix, boolean tables, boolean log, long limit) {}

  /** Says that enough was shown. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Enough() {
      super("enough", null, false, false);
    }
  }

  private final Disk disk;
  private final Choice choice;
  private final Consumer<Entry> show;
  private final Map<Integer, String> names = new HashMap<>();
  private long left;

  private Dump(Disk disk, Choice choice, Consumer<Entry> show) {
    this.disk = disk;
    this.choice = choice;
    this.show = show;
    this.left = choice.limit();
  }

  /**
   * Shows entries, table by table, and then those of the log.
   *
   * @param skipped told of what does not verify and is left out
   */
  public static void run(
      Path directory, Choice choice, Consumer<Entry> show, Consumer<Finding> skipped)
      throws IOException {
    Disk disk = FileDisk.readOnly(directory);
    Closeable lock = disk.lock();
    try (lock) {
      var dump = new Dump(disk, choice, show);
      try {
        dump.run(skipped);
      } catch (Enough e) {
        return; // the limit was reached
      }
    }
  }

  private void run(Consumer<Finding> skipped) throws IOException {
    Version version =
        Manifest.load(disk).orElseThrow(() -> new IOException("there is no store in there"));
    for (Index index : version.indices()) {
      names.put(index.id(), index.name());
    }
    if (choice.tables()) {
      for (TableMeta table : version.all()) {
        TableScan.scan(disk, table.number(), new Rows(table, skipped));
      }
    }
    for (long segment : WalReplay.segments(disk)) {
      if (segment >= version.walFrom()) {
        log(segment, skipped);
      }
    }
  }

  /** Read even when it is not shown: a table's index may be declared there. */
  private void log(long segment, Consumer<Finding> skipped) throws IOException {
    String file = WalReplay.fileName(segment);
    try {
      WalScan scan = WalScan.read(disk, segment);
      for (WalScan.Frame frame : scan.frames()) {
        scan.visit(
            frame,
            (sequence, epoch, operations) -> {
              while (operations.next()) {
                operation(file, sequence, operations);
              }
            });
      }
    } catch (CorruptionException e) {
      skipped.accept(Finding.broken(e));
    }
  }

  private void operation(String file, long sequence, Operations operation) {
    byte[] bytes = operation.array();
    byte[] key =
        Arrays.copyOfRange(bytes, operation.keyAt(), operation.keyAt() + operation.keyLength());
    byte[] value =
        Arrays.copyOfRange(
            bytes, operation.valueAt(), operation.valueAt() + operation.valueLength());
    if (operation.kind() == WalFormat.DECLARE) {
      names.put(operation.index(), new String(key, StandardCharsets.UTF_8));
    }
    if (choice.log()) {
      row(file, operation.index(), key, sequence, kind(operation.kind()), value);
    }
  }

  private void row(String file, int index, byte[] key, long sequence, String kind, byte[] value) {
    String name = names.getOrDefault(index, "#" + index);
    byte[] prefix = choice.prefix();
    if ((!choice.index().isEmpty() && !choice.index().equals(name))
        || key.length < prefix.length
        || !Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
      return;
    }
    if (left-- <= 0) {
      throw new Enough();
    }
    show.accept(new Entry(file, name, key, sequence, kind, value));
  }

  private static String kind(byte kind) {
    return switch (kind) {
      case Kind.DELETE -> "delete";
      case Kind.PUT -> "put";
      case Kind.MERGE -> "add";
      case WalFormat.DECLARE -> "declare";
      case Operations.DELETE_RANGE -> "delete-range";
      default -> "kind-" + kind;
    };
  }

  private final class Rows implements TableScan.Visitor {
    private final String file;
    private final int index;
    private final Consumer<Finding> skipped;

    Rows(TableMeta table, Consumer<Finding> skipped) {
      this.file = TableFormat.fileName(table.number());
      this.index = table.index();
      this.skipped = skipped;
    }

    @Override
    public void entry(
        byte[] key,
        int keyLength,
        long sequence,
        byte kind,
        MemorySegment value,
        long valueOffset,
        int valueLength) {
      byte[] copy = value.asSlice(valueOffset, valueLength).toArray(ValueLayout.JAVA_BYTE);
      row(file, index, Arrays.copyOf(key, keyLength), sequence, kind(kind), copy);
    }

    @Override
    public void range(RangeTombstone range) {
      row(file, index, range.from(), range.sequence(), "delete-range", range.to());
    }

    @Override
    public void broken(long offset, String what) {
      skipped.accept(new Finding(true, file, offset, what));
    }

    @Override
    public void lost(byte[] after, byte[] through) {}
  }
}
