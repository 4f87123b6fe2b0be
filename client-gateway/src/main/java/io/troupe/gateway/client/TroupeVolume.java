package io.troupe.gateway.client;

import io.troupe.actors.errors.Done;
import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.FsException;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.Name;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.AttributeChange;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.RenameMode;
import io.troupe.actors.volume.XattrMode;
import io.troupe.gateway.fs.OpenedFile;
import io.troupe.gateway.fs.VolumeFileSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.function.Function;

/**
 * A volume by paths. Paths begin at the volume's root, with or without a slash; "." and ".." are
 * understood, symlinks are not followed. Failed stages carry an {@link FsException} that names the
 * path.
 */
public final class TroupeVolume implements AutoCloseable {
  private static final int PAGE_ENTRIES = 512;

  private final String name;
  private final VolumeFileSystem fs;
  private final Caller caller;

  TroupeVolume(String name, VolumeFileSystem fs) {
    this(name, fs, Caller.ROOT);
  }

  private TroupeVolume(String name, VolumeFileSystem fs, Caller caller) {
    this.name = name;
    this.fs = fs;
    this.caller = caller;
  }

  public String name() {
    return name;
  }

  /** The same volume, where what is made belongs to this user and group. */
  public TroupeVolume as(int uid, int gid) {
    return new TroupeVolume(name, fs, new Caller(uid, gid));
  }

  /**
   * Gives the volume back, under all users that it was asked {@link #as}: it opens nothing more.
   * Files that are still open are flushed and closed behind the caller's back; who wants to know
   * whether they became durable closes them first. Returns at once.
   */
  @Override
  public void close() {
    fs.close();
  }

  /** All that was done so far is on stable storage when the stage completes. */
  public CompletionStage<Done> sync() {
    return named("sync", fs.sync());
  }

  /** A directory, and a name in it that may or may not be there. */
  private record Place(long directory, Name name) {}

  private static List<String> parts(String path) {
    List<String> parts = new ArrayList<>();
    for (String p : path.split("/", -1)) {
      if (!p.isEmpty() && !p.equals(".")) {
        parts.add(p);
      }
    }
    return parts;
  }

  private CompletionStage<Long> walk(String path, List<String> parts) {
    CompletionStage<Long> at = CompletableFuture.completedFuture(FileId.ROOT_INODE);
    for (String part : parts) {
      at =
          at.thenCompose(
              inode -> named(path, fs.lookup(inode, Name.of(part))).thenApply(Attributes::inode));
    }
    return at;
  }

  private CompletionStage<Long> inodeOf(String path) {
    return walk(path, parts(path));
  }

  private CompletionStage<Place> placeOf(String path) {
    List<String> parts = parts(path);
    if (parts.isEmpty()) {
      return CompletableFuture.failedFuture(new FsException(Errno.EINVAL, path + ": the root"));
    }
    return walk(path, parts.subList(0, parts.size() - 1))
        .thenApply(directory -> new Place(directory, Name.of(parts.getLast())));
  }

  /** The value, or the failure with the path in front of its detail. */
  private static <T> CompletionStage<T> named(String path, CompletionStage<Result<T>> stage) {
    // On the common pool, see TroupeClient.unwrap.
    return stage.thenApplyAsync(
        result ->
            switch (result) {
              case Result.Ok<T>(T value) -> value;
              case Result.Failed<T>(Errno errno, String detail) ->
                  throw new FsException(errno, detail.isEmpty() ? path : path + ": " + detail);
            });
  }

  private <T> CompletionStage<T> at(
      String path, Function<Long, CompletionStage<Result<T>>> operation) {
    return inodeOf(path).thenCompose(inode -> named(path, operation.apply(inode)));
  }

  private <T> CompletionStage<T> in(
      String path, Function<Place, CompletionStage<Result<T>>> operation) {
    return placeOf(path).thenCompose(place -> named(path, operation.apply(place)));
  }

  public CompletionStage<Attributes> stat(String path) {
    return at(path, fs::getAttributes);
  }

  public CompletionStage<Attributes> makeDirectory(String path) {
    return in(path, p -> fs.makeDirectory(p.directory(), p.name(), 0755, caller));
  }

  /** Makes the directory with all that are missing above it; succeeds where it is there. */
  public CompletionStage<Done> makeDirectories(String path) {
    CompletionStage<Done> made = CompletableFuture.completedFuture(Done.DONE);
    String so = "";
    for (String part : parts(path)) {
      so = so + "/" + part;
      String next = so;
      made =
          made.thenCompose(
              d ->
                  placeOf(next)
                      .thenCompose(p -> fs.makeDirectory(p.directory(), p.name(), 0755, caller))
                      .thenApply(
                          r -> {
                            if (r instanceof Result.Failed<Attributes>(Errno errno, String detail)
                                && errno != Errno.EEXIST) {
                              throw new FsException(errno, next + ": " + detail);
                            }
                            return Done.DONE;
                          }));
    }
    return made;
  }

  public CompletionStage<Attributes> makeSymlink(String path, String target) {
    byte[] bytes = Name.of(target).bytes();
    return in(path, p -> fs.makeSymlink(p.directory(), p.name(), bytes, caller));
  }

  public CompletionStage<String> readLink(String path) {
    return at(path, fs::readLink).thenApply(bytes -> Name.of(bytes).toString());
  }

  /** Another name for what is at {@code existing}. */
  public CompletionStage<Attributes> link(String existing, String path) {
    return inodeOf(existing)
        .thenCompose(inode -> in(path, p -> fs.link(inode, p.directory(), p.name())));
  }

  /** Renames, replacing a file or an empty directory that is there. */
  public CompletionStage<Done> rename(String from, String to) {
    return placeOf(from)
        .thenCompose(
            f ->
                placeOf(to)
                    .thenCompose(
                        t ->
                            named(
                                from + " to " + to,
                                fs.rename(
                                    f.directory(),
                                    f.name(),
                                    t.directory(),
                                    t.name(),
                                    RenameMode.REPLACE))));
  }

  /** Removes a name of a file, or an empty directory. */
  public CompletionStage<Done> delete(String path) {
    return in(
        path,
        p ->
            fs.unlink(p.directory(), p.name())
                .thenCompose(
                    r ->
                        r instanceof Result.Failed<Done> f && f.errno() == Errno.EISDIR
                            ? fs.removeDirectory(p.directory(), p.name())
                            : CompletableFuture.completedFuture(r)));
  }

  public CompletionStage<Attributes> truncate(String path, long sizeBytes) {
    return at(path, inode -> fs.truncate(inode, sizeBytes));
  }

  public CompletionStage<Attributes> setAttributes(String path, AttributeChange change) {
    return at(path, inode -> fs.setAttributes(inode, change));
  }

  public CompletionStage<byte[]> getXattr(String path, String attribute) {
    return at(path, inode -> fs.getXattr(inode, Name.of(attribute)));
  }

  public CompletionStage<Done> setXattr(String path, String attribute, byte[] value) {
    return at(path, inode -> fs.setXattr(inode, Name.of(attribute), value, XattrMode.SET));
  }

  public CompletionStage<Done> removeXattr(String path, String attribute) {
    return at(path, inode -> fs.removeXattr(inode, Name.of(attribute)));
  }

  public CompletionStage<List<String>> listXattrs(String path) {
    return at(path, fs::listXattrs).thenApply(names -> names.stream().map(Name::toString).toList());
  }

  /** Creates a file, or opens the one that is there, as {@code O_CREAT} does. */
  public CompletionStage<TroupeFile> create(String path) {
    return in(path, p -> fs.create(p.directory(), p.name(), 0644, caller, false, false))
        .thenApply(o -> file(path, o));
  }

  /** Opens a file that is there. */
  public CompletionStage<TroupeFile> open(String path) {
    return at(path, inode -> fs.open(inode, false)).thenApply(o -> file(path, o));
  }

  private TroupeFile file(String path, OpenedFile o) {
    return new TroupeFile(path, fs, o.handle());
  }

  /**
   * A directory as a stream; pages are fetched as the subscriber asks for more, so that a directory
   * of any size needs little memory. One subscriber.
   */
  public Flow.Publisher<DirectoryEntry> list(String path) {
    return subscriber ->
        inodeOf(path)
            .whenComplete(
                (inode, failure) -> {
                  SubmissionPublisher<DirectoryEntry> out =
                      new SubmissionPublisher<>(Runnable::run, PAGE_ENTRIES);
                  out.subscribe(subscriber);
                  if (failure == null) {
                    page(path, inode, 0, out);
                  } else {
                    out.closeExceptionally(failure);
                  }
                });
  }

  private void page(String path, long inode, long after, SubmissionPublisher<DirectoryEntry> out) {
    named(path, fs.readDirectory(inode, after, PAGE_ENTRIES))
        .whenCompleteAsync(
            (DirectoryPage page, Throwable failure) -> {
              if (failure != null) {
                out.closeExceptionally(failure);
                return;
              }
              page.entries().forEach(out::submit);
              if (page.last() || !out.hasSubscribers()) {
                out.close();
              } else {
                page(path, inode, page.entries().getLast().cookie(), out);
              }
            });
  }

  /** All entries of a directory at once; for directories known to be small. */
  public CompletionStage<List<DirectoryEntry>> listAll(String path) {
    return inodeOf(path).thenCompose(inode -> collect(path, inode, 0, new ArrayList<>()));
  }

  private CompletionStage<List<DirectoryEntry>> collect(
      String path, long inode, long after, List<DirectoryEntry> so) {
    return named(path, fs.readDirectory(inode, after, PAGE_ENTRIES))
        .thenCompose(
            page -> {
              so.addAll(page.entries());
              return page.last()
                  ? CompletableFuture.completedFuture(so)
                  : collect(path, inode, page.entries().getLast().cookie(), so);
            });
  }
}
