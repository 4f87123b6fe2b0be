package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.table.TableFormat;
import io.troupe.lsm.version.TableMeta;
import io.troupe.lsm.version.Version;
import java.io.IOException;
import java.util.Optional;

/**
 * Copies what is in tables: exactly the batches up to the flushed sequence number of the version it
 * finds, while writes, flushes and compactions go on. The tables are immutable, and stay as long as
 * the view is held.
 */
final class Checkpointer {

  private final EngineCore core;

  Checkpointer(EngineCore core) {
    this.core = core;
  }

  /** Returns the sequence number of the last batch that is in the copy. */
  long copy(Disk target, Optional<Disk> earlier) throws IOException {
    core.checkOpen();
    View view = core.views().acquire();
    try (StoreCopy copy = StoreCopy.begin(target)) {
      Version version = view.version();
      for (TableMeta table : version.all()) {
        core.checkOpen();
        copy.take(core.disk(), TableFormat.fileName(table.number()), earlier);
      }
      copy.finish(version);
      return version.flushedSequence();
    } finally {
      core.views().release(view);
    }
  }
}
