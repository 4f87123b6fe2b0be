package io.troupe.bench.objects;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** The peer: objects side by side in one file, overwritten in place, without any checksum. */
final class PlainFile implements Content, AutoCloseable {
  private final Path path;
  private final MemorySegment scratch = Arena.ofAuto().allocate(OBJECT_BYTES, 4096);
  private FileChannel channel;

  private PlainFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  static PlainFile create(Path path) throws IOException {
    return new PlainFile(path, open(path));
  }

  private static FileChannel open(Path path) throws IOException {
    return FileChannel.open(path, CREATE, READ, WRITE);
  }

  @Override
  public void clear() throws IOException {
    channel.close();
    Files.delete(path);
    channel = open(path);
  }

  @Override
  public void write(int object, int offset, MemorySegment data) throws IOException {
    ByteBuffer from = data.asByteBuffer();
    long at = (long) object * OBJECT_BYTES + offset;
    while (from.hasRemaining()) {
      at += channel.write(from, at);
    }
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public MemorySegment read(int object, int offset, int length) throws IOException {
    ByteBuffer into = scratch.asSlice(0, length).asByteBuffer();
    long at = (long) object * OBJECT_BYTES + offset;
    while (into.hasRemaining()) {
      int n = channel.read(into, at);
      if (n < 0) {
        throw new EOFException(path + " ends at " + at);
      }
      at += n;
    }
    return scratch.asSlice(0, length);
  }

  @Override
  public void dropCache() throws IOException {
    channel.force(true);
    PageCache.drop(path);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
