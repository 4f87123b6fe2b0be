package io.troupe.gateway.fs;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.XattrMode;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * One volume, by inode number, asynchronous. Every call returns at once; its stage completes on a
 * thread of the implementation (possibly before the call returns), never exceptionally for an
 * expected failure, and always within the configured request timeout. Sizes and times include what
 * this client has written and not yet reported to the MRC.
 *
 * <p>Safe for use by many threads. Segments handed in belong to the call until its stage completes.
 */
public interface InodeFileSystem {
  CompletionStage<Result<Attributes>> lookup(long parent, Name name);

  CompletionStage<Result<Attributes>> getAttributes(long inode);

  /**
   * A page of a listing.
   *
   * @param afterCookie 0, or the cookie of the last entry seen
   * @param maxEntries 1..4096
   */
  CompletionStage<Result<DirectoryPage>> readDirectory(
      long inode, long afterCookie, int maxEntries);

  CompletionStage<Result<byte[]>> readLink(long inode);

  CompletionStage<Result<byte[]>> getXattr(long inode, Name name);

  CompletionStage<Result<List<Name>>> listXattrs(long inode);

  CompletionStage<Result<Done>> setXattr(long inode, Name name, byte[] value, XattrMode mode);

  CompletionStage<Result<Done>> removeXattr(long inode, Name name);

  /**
   * Creates a regular file and opens it; opens the one that is there unless {@code exclusive}.
   *
   * @param truncate the one that is there is cut to nothing
   */
  CompletionStage<Result<OpenedFile>> create(
      long parent, Name name, int mode, Caller caller, boolean exclusive, boolean truncate);

  CompletionStage<Result<Attributes>> makeNode(
      long parent, Name name, int mode, int rdev, Caller caller);

  CompletionStage<Result<Attributes>> makeDirectory(
      long parent, Name name, int mode, Caller caller);

  CompletionStage<Result<Attributes>> makeSymlink(
      long parent, Name name, byte[] target, Caller caller);

  CompletionStage<Result<Attributes>> link(long inode, long newParent, Name newName);

  CompletionStage<Result<Done>> unlink(long parent, Name name);

  CompletionStage<Result<Done>> removeDirectory(long parent, Name name);

  CompletionStage<Result<Done>> rename(
      long parent, Name name, long newParent, Name newName, RenameMode mode);

  CompletionStage<Result<Attributes>> setAttributes(long inode, AttributeChange change);

  CompletionStage<Result<Attributes>> truncate(long inode, long sizeBytes);

  /**
   * Opens a regular file; permissions are the caller's to check.
   *
   * @param truncate cut it to nothing before the answer
   */
  CompletionStage<Result<OpenedFile>> open(long inode, boolean truncate);

  /**
   * Reads into the segment from its start.
   *
   * @param handle of {@link OpenedFile}
   * @return number of bytes, less than the segment's length only at the end of the file
   */
  CompletionStage<Result<Integer>> read(long handle, long offset, MemorySegment destination);

  /**
   * Writes the whole segment, or fails; after a failure the range holds old or new bytes.
   *
   * @param clearPrivileges the write takes set-user-id and set-group-id away
   * @return the segment's length
   */
  CompletionStage<Result<Integer>> write(
      long handle, long offset, MemorySegment source, boolean clearPrivileges);

  /**
   * What close waits for: all writes of this client to the file are durable, its size is reported,
   * and as durable as any change of metadata.
   */
  CompletionStage<Result<Done>> flush(long handle);

  /** As {@link #flush}; and the file's metadata is durable, with all that was done before. */
  CompletionStage<Result<Done>> fsync(long handle);

  /** What was acknowledged of a directory's entries is durable. */
  CompletionStage<Result<Done>> fsyncDirectory(long inode);

  /** All that was acknowledged to this client is durable, content and metadata. */
  CompletionStage<Result<Done>> sync();

  /**
   * Flushes and gives the handle back. Where the flush fails the handle is gone all the same; what
   * was not flushed is tried again in the background for some minutes.
   */
  CompletionStage<Result<Done>> release(long handle);

  CompletionStage<Result<VolumeStatistics>> statistics();

  /** What {@code troupe info} prints of an inode: size, striping, replicas, objects on each OSD. */
  CompletionStage<Result<String>> describe(long inode);
}
