package io.troupe.lsm.version;

import io.troupe.lsm.CorruptionException;
import io.troupe.lsm.disk.Disk;
import io.troupe.lsm.disk.DiskFile;
import io.troupe.lsm.disk.NoSpaceException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * The durable list of version edits. For one thread at a time.
 *
 * <p>Space for an edit is filled with zeros first: when the disk is full, {@link #append} throws
 * {@link NoSpaceException} with nothing changed, and may be tried again. After any other failure it
 * is unknown what is durable.
 */
public final class Manifest implements Closeable {

  private static final String CURRENT = "CURRENT";
  private static final String CURRENT_NEW = "CURRENT.tmp";
  private static final int FILL_BYTES = 16 << 10;

  /** A manifest is written anew when it is longer than this and than four times its first edit. */
  private static final long ROLL_BYTES = 1 << 20;

  private final long number;
  private final DiskFile file;
  private long firstBytes;
  private long position;
  private long filled;
  private long edits;

  private Manifest(long number, DiskFile file) {
    this.number = number;
    this.file = file;
  }

  /** The version that the current manifest of a disk describes; none when there never was one. */
  public static Optional<Version> load(Disk disk) throws IOException {
    List<String> names = disk.list();
    if (!names.contains(CURRENT)) {
      return Optional.empty();
    }
    long number = current(disk);
    String name = ManifestFormat.fileName(number);
    if (!names.contains(name)) {
      throw new CorruptionException(name, 0, "the manifest is missing");
    }
    return Optional.of(load(disk, number));
  }

  /** The version that a manifest describes, whether it is the current one or not. */
  public static Version load(Disk disk, long number) throws IOException {
    String name = ManifestFormat.fileName(number);
    return decode(name, bytes(disk, name), number);
  }

  /** The numbers of all manifests on a disk, ascending. */
  public static List<Long> numbers(Disk disk) throws IOException {
    return disk.list().stream()
        .map(ManifestFormat::number)
        .flatMap(Optional::stream)
        .sorted()
        .toList();
  }

  /** The file of a manifest. */
  public static String fileName(long number) {
    return ManifestFormat.fileName(number);
  }

  static ByteBuffer bytes(Disk disk, String name) throws IOException {
    try (DiskFile manifest = disk.open(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(manifest.size()));
      manifest.read(0, bytes);
      return bytes.flip();
    }
  }

  /**
   * Makes durable what {@link #load} read: when a process was killed its last edit, or the name of
   * the file, may be in the page cache only.
   */
  public static void force(Disk disk) throws IOException {
    Optional<String> name = currentFile(disk);
    if (name.isPresent()) {
      try (DiskFile manifest = disk.open(name.get())) {
        manifest.force();
      }
      disk.sync();
    }
  }

  private static long current(Disk disk) throws IOException {
    try (DiskFile current = disk.open(CURRENT)) {
      ByteBuffer bytes = ByteBuffer.allocate(ManifestFormat.CURRENT_BYTES);
      current.read(0, bytes);
      return ManifestFormat.decodeCurrent(CURRENT, bytes.flip());
    }
  }

  /** The file of the current manifest; none when what names it does not verify. */
  public static Optional<String> currentFile(Disk disk) throws IOException {
    return currentNumber(disk).map(ManifestFormat::fileName);
  }

  /** The number of the current manifest; none when what names it does not verify. */
  public static Optional<Long> currentNumber(Disk disk) throws IOException {
    if (!disk.list().contains(CURRENT)) {
      return Optional.empty();
    }
    try {
      return Optional.of(current(disk));
    } catch (CorruptionException e) {
      return Optional.empty(); // whoever loads it is told
    }
  }

  /** Whether that is the name of a manifest. */
  public static boolean isManifest(String fileName) {
    return ManifestFormat.number(fileName).isPresent();
  }

  /** Where a file has something that does not verify. */
  public record Place(String file, long offset) {}

  /**
   * Where the current manifest, which verified, ends with an edit that does not: as a crash leaves
   * it.
   */
  public static Optional<Place> tornTail(Disk disk) throws IOException {
    Optional<String> name = currentFile(disk);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    long number = current(disk);
    try (DiskFile manifest = disk.open(name.get())) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(manifest.size()));
      manifest.read(0, bytes);
      bytes.flip();
      int at = 0;
      int length = ManifestFormat.lengthAt(name.get(), bytes, 0, number, -1);
      while (length > 0) {
        at += ManifestFormat.padded(length);
        length = ManifestFormat.lengthAt(name.get(), bytes, at, number, -1);
      }
      for (int i = at; i < bytes.limit(); i++) {
        if (bytes.get(i) != 0) {
          return Optional.of(new Place(name.get(), at));
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Writes a version into a new manifest and makes that the current one. The number must not have
   * been used.
   */
  public static Manifest create(Disk disk, Version version, long number) throws IOException {
    var manifest = new Manifest(number, disk.create(ManifestFormat.fileName(number)));
    try {
      manifest.append(version.asEdit());
      manifest.firstBytes = manifest.position;
      disk.delete(CURRENT_NEW);
      try (DiskFile current = disk.create(CURRENT_NEW)) {
        current.write(0, ManifestFormat.encodeCurrent(number));
        current.force();
      }
    } catch (NoSpaceException e) {
      manifest.close();
      disk.delete(ManifestFormat.fileName(number));
      throw e;
    }
    disk.sync();
    disk.rename(CURRENT_NEW, CURRENT);
    disk.sync();
    for (String name : disk.list()) {
      Optional<Long> other = ManifestFormat.number(name);
      if (other.isPresent() && other.get() != number) {
        disk.delete(name);
      }
    }
    return manifest;
  }

  /** The highest number of any manifest on a disk, 0 when there is none. */
  public static long highestNumber(Disk disk) throws IOException {
    List<Long> numbers = numbers(disk);
    return numbers.isEmpty() ? 0 : numbers.getLast();
  }

  /** Makes an edit durable. */
  public void append(VersionEdit edit) throws IOException {
    ByteBuffer bytes = ManifestFormat.encode(edit, number, edits);
    fill(position + bytes.remaining());
    int length = bytes.remaining();
    try {
      file.write(position, bytes);
      file.force();
    } catch (NoSpaceException e) {
      throw new IOException("no space for an edit where zeros had been written", e);
    }
    position += length;
    edits++;
  }

  /** Whether it has grown so long that it should be written anew. */
  public boolean isLong() {
    return position > ROLL_BYTES && position > 4 * firstBytes;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private void fill(long to) throws IOException {
    if (to <= filled) {
      return;
    }
    long target = to + FILL_BYTES;
    ByteBuffer zeros = ByteBuffer.allocate((int) (target - filled));
    file.write(filled, zeros);
    file.force();
    filled = target;
  }

  private static Version decode(String name, ByteBuffer bytes, long number)
      throws CorruptionException {
    Version version = Version.empty();
    int offset = 0;
    long edits = 0;
    for (int length = ManifestFormat.lengthAt(name, bytes, 0, number, 0);
        length > 0;
        length = ManifestFormat.lengthAt(name, bytes, offset, number, edits)) {
      version = version.apply(ManifestFormat.decode(name, bytes, offset, length));
      offset += ManifestFormat.padded(length);
      edits++;
    }
    if (edits == 0) {
      throw new CorruptionException(name, 0, "the first edit does not verify");
    }
    for (int at = offset; at + ManifestFormat.EDIT_HEADER_BYTES <= bytes.limit(); at += 8) {
      if (ManifestFormat.lengthAt(name, bytes, at, number, -1) > 0) {
        throw new CorruptionException(name, offset, "an edit does not verify, and one follows it");
      }
    }
    return version;
  }
}
