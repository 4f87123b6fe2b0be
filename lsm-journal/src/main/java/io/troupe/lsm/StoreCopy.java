package io.troupe.lsm;

import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.version.Manifest;
import io.troupe.lsm.version.Version;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Makes a store in an empty directory, so that it is never taken for whole before it is: a marker
 * is durable before the first file comes, and goes when everything else is durable. A directory
 * with the marker is not opened. What is not finished gives its room back: it may have filled the
 * disk of the store that it was copied from.
 */
final class StoreCopy implements Closeable {

  private static final String MARKER = "INCOMPLETE";
  private static final int PIECE_BYTES = 1 << 20;

  private final Disk target;
  private final Closeable lock;
  private boolean whole;

  private StoreCopy(Disk target, Closeable lock) {
    this.target = target;
    this.lock = lock;
  }

  /**
   * Begins a copy.
   *
   * @throws IOException when the directory has anything but what an unfinished copy left, which is
   *     deleted
   */
  static StoreCopy begin(Disk target) throws IOException {
    Closeable lock = target.lock();
    boolean done = false;
    try {
      List<String> there = target.list();
      if (!there.isEmpty() && !there.contains(MARKER)) {
        throw new IOException(
            "the directory for the copy is not empty: it has " + there.getFirst());
      }
      if (there.isEmpty()) {
        target.create(MARKER).close();
      }
      target.sync(); // also of one that is there: who made it may have been killed before its sync
      for (String left : there) {
        if (!left.equals(MARKER)) {
          target.delete(left);
        }
      }
      done = true;
      return new StoreCopy(target, lock);
    } finally {
      if (!done) {
        lock.close();
      }
    }
  }

  /** Fails when a directory holds an unfinished copy. */
  static void rejectUnfinished(Disk disk) throws IOException {
    if (disk.list().contains(MARKER)) {
      throw new IOException(
          "the directory holds a copy of a store that was not finished (file " + MARKER + ")");
    }
  }

  Disk target() {
    return target;
  }

  /**
   * Takes a file over: by a link from the source, or from an earlier copy that has the same one, or
   * as a copy.
   */
  void take(Disk source, String name, Optional<Disk> earlier) throws IOException {
    if (source.link(name, target)) {
      return;
    }
    if (earlier.isPresent()
        && earlier.get().list().contains(name)
        && same(source, earlier.get(), name)
        && earlier.get().link(name, target)) {
      return;
    }
    copy(source, name);
  }

  /** Takes over a file that will be written to: as a copy. */
  void copy(Disk source, String name) throws IOException {
    ByteBuffer piece = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (DiskFile from = source.open(name);
        DiskFile to = target.create(name)) {
      long size = from.size();
      for (long at = 0; at < size; at += piece.limit()) {
        read(name, from, at, size, piece);
        to.write(at, piece);
        to.force(); // piece by piece: one sync of it all would hold up the syncs of the log
        piece.flip();
      }
    }
  }

  /** Makes the copy a store: these tables and nothing else, all of which it has. */
  void finish(Version version) throws IOException {
    target.sync();
    Manifest.create(target, version, version.nextFile()).close();
    whole = true; // but for the marker
    target.delete(MARKER);
    target.sync();
  }

  /** Deletes what was copied when it was not finished. */
  @Override
  public void close() throws IOException {
    try (lock) {
      if (!whole) {
        for (String name : target.list()) {
          if (!name.equals(MARKER)) {
            target.delete(name);
          }
        }
      }
    }
  }

  private static boolean same(Disk a, Disk b, String name) throws IOException {
    ByteBuffer left = ByteBuffer.allocateDirect(PIECE_BYTES);
    ByteBuffer right = ByteBuffer.allocateDirect(PIECE_BYTES);
    try (DiskFile one = a.open(name);
        DiskFile other = b.open(name)) {
      long size = one.size();
      if (other.size() != size) {
        return false;
      }
      for (long at = 0; at < size; at += left.limit()) {
        read(name, one, at, size, left);
        read(name, other, at, size, right);
        if (!left.equals(right)) {
          return false;
        }
      }
      return true;
    }
  }

  private static void read(String name, DiskFile file, long at, long size, ByteBuffer piece)
      throws IOException {
    piece.clear().limit((int) Math.min(piece.capacity(), size - at));
    if (file.read(at, piece) != piece.limit()) {
      throw new CorruptionException(name, at, "the file has become shorter");
    }
    piece.flip();
  }
}
