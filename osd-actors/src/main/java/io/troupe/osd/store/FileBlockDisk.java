package io.troupe.osd.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.troupe.lsm.disk.NoSpaceException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Segments as files of a directory, {@code segment-%08d}. */
final class FileBlockDisk implements BlockDisk {
  private static final String PREFIX = "segment-";

  private final Path directory;
  private final FileStore store;

  private FileBlockDisk(Path directory, FileStore store) {
    this.directory = directory;
    this.store = store;
  }

  static FileBlockDisk in(Path directory) throws IOException {
    Files.createDirectories(directory);
    return new FileBlockDisk(directory, Files.getFileStore(directory));
  }

  private Path path(int id) {
    return directory.resolve((PREFIX + "%08d").formatted(id));
  }

  @Override
  public List<Integer> list() throws IOException {
    List<Integer> ids = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path f : files) {
        ids.add(Integer.parseInt(f.getFileName().toString().substring(PREFIX.length())));
      }
    }
    return ids;
  }

  @Override
  public BlockFile create(int id) throws IOException {
    Path path = path(id);
    try {
      FileChannel channel = FileChannel.open(path, CREATE_NEW, READ, WRITE);
      try (FileChannel d = FileChannel.open(directory, READ)) {
        d.force(true);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return new ChannelFile(path, channel);
    } catch (IOException e) {
      throw NoSpaceException.translated(path.toString(), e);
    }
  }

  @Override
  public BlockFile open(int id) throws IOException {
    return new ChannelFile(path(id), FileChannel.open(path(id), READ, WRITE));
  }

  @Override
  public void delete(int id) throws IOException {
    Files.deleteIfExists(path(id));
  }

  @Override
  public long freeBytes() throws IOException {
    return store.getUsableSpace();
  }

  @Override
  public long totalBytes() throws IOException {
    return store.getTotalSpace();
  }

  private record ChannelFile(Path path, FileChannel channel) implements BlockFile {
    @Override
    public String name() {
      return path.toString();
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
      long at = offset;
      try {
        while (from.hasRemaining()) {
          at += channel.write(from, at);
        }
      } catch (IOException e) {
        throw NoSpaceException.translated(path.toString(), e);
      }
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
      long at = offset;
      while (into.hasRemaining()) {
        int n = channel.read(into, at);
        if (n < 0) {
          while (into.hasRemaining()) {
            into.put((byte) 0);
          }
          return;
        }
        at += n;
      }
    }

    @Override
    public void force() throws IOException {
      channel.force(false);
    }

    @Override
    public void punch(long offset, long length) {
      FileRange.punch(path, offset, length);
    }

    @Override
    public void beginWriteOut(long offset, long length) {
      FileRange.beginWriteOut(path, offset, length);
    }

    @Override
    public long sizeBytes() throws IOException {
      return channel.size();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
