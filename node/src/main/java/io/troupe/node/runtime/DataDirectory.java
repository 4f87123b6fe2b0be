package io.troupe.node.runtime;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.troupe.actors.id.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * The directory that a node owns, held by a lock for as long as the node runs.
 *
 * <pre>
 *   node.id    the node's uuid as text, written once
 *   node.lock  locked while a process owns the directory
 *   lsm/       the LSM store: journal, metadata, object index
 *   objects/   the object store's segments
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private final Path root;
  private final NodeId node;
  private final FileChannel lockFile;

  private DataDirectory(Path root, NodeId node, FileChannel lockFile) {
    this.root = root;
    this.node = node;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it does not exist, and takes it.
   *
   * @throws IOException if it cannot be made, is another process's, or its {@code node.id} is no
   *     uuid
   */
  public static DataDirectory open(Path path) throws IOException {
    Path root = path.toAbsolutePath().normalize();
    try {
      Files.createDirectories(root);
    } catch (FileAlreadyExistsException e) {
      throw new IOException("data directory " + root + " is not a directory", e);
    }
    FileChannel lockFile = FileChannel.open(root.resolve("node.lock"), CREATE, WRITE);
    try {
      lock(lockFile, root);
      return new DataDirectory(root, identify(root), lockFile);
    } catch (IOException e) {
      lockFile.close();
      throw e;
    }
  }

  private static void lock(FileChannel lockFile, Path root) throws IOException {
    FileLock lock;
    try {
      lock = lockFile.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new IOException("data directory " + root + " is in use by another node");
    }
  }

  private static NodeId identify(Path root) throws IOException {
    Path file = root.resolve("node.id");
    if (!Files.exists(file)) {
      NodeId fresh = new NodeId(UUID.randomUUID());
      Path draft = root.resolve("node.id.new");
      Files.deleteIfExists(draft);
      try (FileChannel c = FileChannel.open(draft, CREATE_NEW, WRITE)) {
        ByteBuffer text = StandardCharsets.US_ASCII.encode(fresh + "\n");
        while (text.hasRemaining()) {
          c.write(text);
        }
        c.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      // The name must be durable before anything refers to the uuid.
      try (FileChannel d = FileChannel.open(root, READ)) {
        d.force(true);
      }
      return fresh;
    }
    String text = Files.readString(file).strip();
    try {
      return NodeId.of(text);
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " holds no uuid but '" + text + "'", e);
    }
  }

  public NodeId node() {
    return node;
  }

  public Path root() {
    return root;
  }

  public Path lsm() {
    return root.resolve("lsm");
  }

  public Path objects() {
    return root.resolve("objects");
  }

  @Override
  public void close() throws IOException {
    lockFile.close();
  }
}
