package io.troupe.lsm.tool;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.table.TableFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * Keeps the files that a repair takes out of a store. They get there before anything goes without
 * them, and are not touched after that: a segment of the log is copied, since the store writes over
 * the segments it has; tables never change, and are linked.
 */
final class Quarantine {

  private static final int PIECE_BYTES = 1 << 20;

  private final Disk store;
  private final Disk kept;

  Quarantine(Disk store, Disk kept) {
    this.store = store;
    this.kept = kept;
  }

  /** Makes files of the store, which may go after that, appear here, durably. */
  void keep(Collection<String> names) throws IOException {
    for (String name : names) {
      boolean unchanging = TableFormat.number(name).isPresent();
      if (!unchanging || !store.link(name, kept)) {
        copy(name);
      }
    }
    kept.sync();
  }

  private void copy(String name) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    try (DiskFile from = store.open(name);
        DiskFile to = kept.create(name)) {
      long at = 0;
      for (int read = from.read(0, piece); read > 0; read = from.read(at, piece.clear())) {
        to.write(at, piece.flip());
        at += read;
      }
      to.force();
    }
  }
}
