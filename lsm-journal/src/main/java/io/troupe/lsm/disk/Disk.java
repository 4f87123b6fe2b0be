package io.troupe.lsm.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The directory of a store: files with flat names. Creations, renames and deletions are durable
 * after {@link #sync}, contents after {@link DiskFile#force}. Thread-safe. A full disk is told by
 * {@link NoSpaceException}.
 */
public interface Disk {

  /** A new, empty file, open for reading and writing. Fails when there is one of that name. */
  DiskFile create(String name) throws IOException;

  /** An existing file, open for reading and writing. */
  DiskFile open(String name) throws IOException;

  /**
   * As {@link #create}, for a file that is written and synced from direct buffers by threads that
   * may be interrupted: that does not end the file.
   */
  default DiskFile createLog(String name) throws IOException {
    return create(name);
  }

  /** As {@link #open}, for a file of {@link #createLog}. */
  default DiskFile openLog(String name) throws IOException {
    return open(name);
  }

  /** Renames, replacing what has the new name. Files stay open across it. */
  void rename(String from, String to) throws IOException;

  /** Deletes; no error when there is none of that name. Open files go on to be readable. */
  void delete(String name) throws IOException;

  /** The names of all files. */
  List<String> list() throws IOException;

  /** Makes creations, renames and deletions durable. */
  void sync() throws IOException;

  /** How many bytes can still be written. */
  long freeBytes() throws IOException;

  /** How many bytes the file system has in all. */
  long totalBytes() throws IOException;

  /**
   * Makes a file, which is not written to any more, appear under its name in another directory too;
   * durable after a {@link #sync} of that one.
   *
   * @return false when that is not possible, as between file systems: then it has to be copied
   */
  boolean link(String name, Disk target) throws IOException;

  /** Takes the directory for this process until closed. */
  Closeable lock() throws IOException;
}
