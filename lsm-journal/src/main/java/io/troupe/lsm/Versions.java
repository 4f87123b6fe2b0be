package io.troupe.lsm;

import io.troupe.lsm.disk.NoSpaceException;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.Version;
import io.troupe.lsm.version.VersionEdit;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes the version: in the manifest first, then for readers. Thread-safe. */
final class Versions implements Closeable {

  private static final Logger LOG = LoggerFactory.getLogger(Store.class);

  private final Object lock = new Object();
  private final EngineCore core;
  private final AtomicLong nextFile;
  private Manifest manifest;

  Versions(EngineCore core, Manifest manifest, long nextFile) {
    this.core = core;
    this.manifest = manifest;
    this.nextFile = new AtomicLong(nextFile);
  }

  /** Gives out file numbers. */
  AtomicLong nextFile() {
    return nextFile;
  }

  /** How readers get to see a version. */
  interface Install {
    void version(Version version);
  }

  void edit(VersionEdit edit, Install install) throws IOException {
    synchronized (lock) {
      Version version = core.views().current().version().apply(edit);
      manifest.append(edit);
      install.version(version);
      if (manifest.isLong()) {
        rollManifest(version);
      }
    }
  }

  private void rollManifest(Version version) throws IOException {
    long number = nextFile.getAndIncrement();
    Version numbered =
        version.apply(new VersionEdit(List.of(), List.of(), List.of(), 0, 0, nextFile.get()));
    try {
      Manifest fresh = Manifest.create(core.disk(), numbered, number);
      manifest.close();
      manifest = fresh;
    } catch (NoSpaceException e) {
      LOG.info("manifest kept long: no space for a new one");
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (lock) {
      manifest.close();
    }
  }
}
