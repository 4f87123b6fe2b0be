package io.troupe.bench.objects;

import io.troupe.actors.id.FileId;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.VolumeId;
import io.troupe.lsm.Store;
import io.troupe.lsm.StoreOptions;
import io.troupe.osd.store.FileObjects;
import io.troupe.osd.store.ObjectStore;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** The object store as an OSD has it, over an LSM store of its own on the same disk. */
final class StoredObjects implements Content, AutoCloseable {
  private static final OsdId OSD = new OsdId(new UUID(1, 1));
  private static final VolumeId VOLUME = new VolumeId(new UUID(7, 8));
  private static final long SEGMENT_BYTES = 256L << 20;
  private static final long RESERVE_BYTES = 384L << 20;
  private static final long BLOCK_MAP_CACHE_BYTES = 32L << 20;
  private static final long WAIT_SECONDS = 30;

  private final Path directory;
  private final Store index;
  private final ObjectStore store;
  private final MemorySegment scratch = Arena.ofAuto().allocate(OBJECT_BYTES, 4096);
  private long inode = 1;
  private FileObjects file;

  private StoredObjects(Path directory, Store index, ObjectStore store, FileObjects file) {
    this.directory = directory;
    this.index = index;
    this.store = store;
    this.file = file;
  }

  static StoredObjects open(Path directory) throws Exception {
    Path objects = Files.createDirectories(directory.resolve("objects"));
    Store index = Store.open(directory.resolve("lsm"), StoreOptions.defaults());
    try {
      ObjectStore store =
          ObjectStore.open(
              objects,
              index,
              OSD,
              new ObjectStore.Sizes(SEGMENT_BYTES, RESERVE_BYTES, BLOCK_MAP_CACHE_BYTES));
      return new StoredObjects(objects, index, store, store.open(new FileId(VOLUME, 1)));
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  private void await(CompletionStage<Void> commit) throws Exception {
    commit.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
    file.committed();
  }

  @Override
  public void clear() throws Exception {
    await(file.delete());
    file = store.open(new FileId(VOLUME, ++inode));
  }

  @Override
  public void write(int object, int offset, MemorySegment data) throws Exception {
    file.write(object, offset, data);
  }

  @Override
  public void sync() throws Exception {
    await(file.sync());
  }

  @Override
  public MemorySegment read(int object, int offset, int length) throws Exception {
    return file.locate(object, offset, length).read(scratch);
  }

  @Override
  public void dropCache() throws IOException {
    try (DirectoryStream<Path> segments = Files.newDirectoryStream(directory)) {
      for (Path segment : segments) {
        PageCache.drop(segment);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      store.close();
    } finally {
      index.close();
    }
  }
}
