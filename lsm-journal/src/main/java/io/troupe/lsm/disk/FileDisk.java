package io.troupe.lsm.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** A directory of the file system. */
public final class FileDisk implements Disk {

  private final Path directory;
  private final FileStore store;
  private final boolean readOnly;

  private FileDisk(Path directory, FileStore store, boolean readOnly) {
    this.directory = directory;
    this.store = store;
    this.readOnly = readOnly;
  }

  /** The directory, created when it is not there, durably. */
  public static FileDisk in(Path directory) throws IOException {
    createDurably(directory.toAbsolutePath());
    return new FileDisk(directory, Files.getFileStore(directory), false);
  }

  /**
   * The directory as it is: whatever would change it fails, and its lock is shared with others who
   * only read.
   */
  public static FileDisk readOnly(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NoSuchFileException(directory.toString(), null, "there is no such directory");
    }
    return new FileDisk(directory, Files.getFileStore(directory), true);
  }

  @Override
  public DiskFile create(String name) throws IOException {
    writable();
    try {
      return new ChannelFile(
          name,
          FileChannel.open(
              directory.resolve(name),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      throw NoSpaceException.translated(name, e);
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    return new ChannelFile(
        name,
        readOnly
            ? FileChannel.open(directory.resolve(name), StandardOpenOption.READ)
            : FileChannel.open(
                directory.resolve(name), StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public DiskFile createLog(String name) throws IOException {
    create(name).close();
    return LogFile.open(directory.resolve(name));
  }

  @Override
  public DiskFile openLog(String name) throws IOException {
    writable();
    return LogFile.open(directory.resolve(name));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    writable();
    try {
      Files.move(
          directory.resolve(from),
          directory.resolve(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw NoSpaceException.translated(to, e);
    }
  }

  @Override
  public void delete(String name) throws IOException {
    writable();
    Files.deleteIfExists(directory.resolve(name));
  }

  @Override
  public List<String> list() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals(DirectoryLock.FILE))
          .sorted()
          .toList();
    }
  }

  @Override
  public void sync() throws IOException {
    writable();
    sync(directory);
  }

  /**
   * Creates what is missing of a path and syncs each parent: a store whose directory is lost with
   * the power is lost, however well its files were synced.
   */
  private static void createDurably(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (Files.isDirectory(directory) || parent == null) {
      return;
    }
    createDurably(parent);
    Files.createDirectories(directory);
    sync(parent);
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long freeBytes() throws IOException {
    return store.getUsableSpace();
  }

  @Override
  public long totalBytes() throws IOException {
    return store.getTotalSpace();
  }

  @Override
  public Closeable lock() throws IOException {
    if (!readOnly) {
      return DirectoryLock.take(directory, false);
    }
    return DirectoryLock.isPossible(directory) ? DirectoryLock.take(directory, true) : () -> {};
  }

  @Override
  public boolean link(String name, Disk target) throws IOException {
    if (!(target instanceof FileDisk other)) {
      return false;
    }
    other.writable();
    try {
      Files.createLink(other.directory.resolve(name), directory.resolve(name));
      return true;
    } catch (UnsupportedOperationException e) {
      return false;
    } catch (FileSystemException e) {
      if (Files.exists(other.directory.resolve(name)) || !Files.exists(directory.resolve(name))) {
        throw e;
      }
      return false; // another file system, or too many links: to be copied
    }
  }

  private void writable() throws IOException {
    if (readOnly) {
      throw new IOException(directory + " is open for reading only");
    }
  }

  /** Reads until the buffer is full or the file ends. Returns how many bytes were read. */
  static int read(FileChannel channel, long offset, ByteBuffer target) throws IOException {
    int total = 0;
    while (target.hasRemaining()) {
      int read = channel.read(target, offset + total);
      if (read < 0) {
        break;
      }
      total += read;
    }
    return total;
  }

  private record ChannelFile(String name, FileChannel channel) implements DiskFile {

    @Override
    public void write(long offset, ByteBuffer source) throws IOException {
      long at = offset;
      try {
        while (source.hasRemaining()) {
          at += channel.write(source, at);
        }
      } catch (IOException e) {
        throw NoSpaceException.translated(name, e);
      }
    }

    @Override
    public int read(long offset, ByteBuffer target) throws IOException {
      return FileDisk.read(channel, offset, target);
    }

    @Override
    public void force() throws IOException {
      try {
        channel.force(false);
      } catch (IOException e) {
        throw NoSpaceException.translated(name, e);
      }
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void truncate(long size) throws IOException {
      channel.truncate(size);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
