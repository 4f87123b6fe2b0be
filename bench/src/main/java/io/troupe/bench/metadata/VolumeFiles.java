package io.troupe.bench.metadata;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.errors.Result;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.DirectoryEntry;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.id.FileId;
import io.troupe.actors.volume.DirectoryPage;
import io.troupe.actors.volume.RenameMode;
import io.troupe.bench.report.Figure;
import io.troupe.bench.report.Unit;
import io.troupe.bench.report.WrongResult;
import io.troupe.gateway.client.TroupeClient;
import io.troupe.gateway.fs.InodeFileSystem;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Files in the root of a volume of their own. A round is create, stat, rename and unlink; what each
 * has left is listed, outside of the time that is measured.
 */
final class VolumeFiles {
  private static final int MAX_FILES = 20_000;
  private static final int PAGE = 4_096;
  private static final Duration UNLIMITED = Duration.ofDays(1);
  private static final long WAIT_SECONDS = 30;
  private static final long ROOT = FileId.ROOT_INODE;

  private final InodeFileSystem fs;
  private final int inFlight;
  private final Duration limit;

  /** Files of this round; the first of them have their new name already. */
  private int files;

  private int renamed;

  private VolumeFiles(InodeFileSystem fs, int inFlight, Duration limit) {
    this.fs = fs;
    this.inFlight = inFlight;
    this.limit = limit;
  }

  static VolumeFiles of(TroupeClient client, int inFlight, Duration limit) throws Exception {
    String volume = "bench-" + inFlight;
    var unused = await(client.createVolume(volume, new StripingPolicy(1 << 20, 1)));
    return new VolumeFiles(await(client.openFileSystem(volume)), inFlight, limit);
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(WAIT_SECONDS, TimeUnit.SECONDS);
  }

  private static Name name(int file, boolean isRenamed) {
    return Name.of((isRenamed ? "renamed-" : "file-") + file);
  }

  private Name nameOf(int file) {
    return name(file, file < renamed);
  }

  private static List<Figure> rate(Flights.Flown flown) {
    return List.of(new Figure("", Unit.OPERATIONS, flown.perSecond()));
  }

  /** With the close that follows an open. */
  List<Figure> create() throws Exception {
    Flights.Flown flown = Flights.fly(inFlight, MAX_FILES, limit, this::createOne);
    files = flown.count();
    renamed = 0;
    verify();
    return rate(flown);
  }

  private CompletionStage<? extends Result<?>> createOne(int file) {
    return fs.create(ROOT, name(file, false), 0644, Caller.ROOT, true, false)
        .thenCompose(opened -> fs.release(opened.orThrow().handle()));
  }

  List<Figure> stat() throws Exception {
    Flights.Flown flown =
        Flights.fly(inFlight, 10 * MAX_FILES, limit, i -> fs.lookup(ROOT, nameOf(i % files)));
    return rate(flown);
  }

  List<Figure> rename() throws Exception {
    Flights.Flown flown =
        Flights.fly(
            inFlight,
            files,
            limit,
            i -> fs.rename(ROOT, name(i, false), ROOT, name(i, true), RenameMode.NO_REPLACE));
    renamed = flown.count();
    verify();
    return rate(flown);
  }

  /** All of them, so that the next round begins with an empty directory. */
  List<Figure> unlink() throws Exception {
    Flights.Flown flown = Flights.fly(inFlight, files, UNLIMITED, i -> fs.unlink(ROOT, nameOf(i)));
    Result<Attributes> gone = await(fs.lookup(ROOT, nameOf(0)));
    WrongResult.unless(
        gone instanceof Result.Failed<Attributes>(Errno errno, String _) && errno == Errno.ENOENT,
        "an unlinked file is still there");
    files = 0;
    verify();
    return rate(flown);
  }

  private void verify() throws Exception {
    Set<Name> expected = new HashSet<>();
    for (int i = 0; i < files; i++) {
      expected.add(nameOf(i));
    }
    Set<Name> found = new HashSet<>();
    long after = 0;
    boolean last = false;
    while (!last) {
      DirectoryPage page = await(fs.readDirectory(ROOT, after, PAGE)).orThrow();
      for (DirectoryEntry e : page.entries()) {
        found.add(e.name());
        after = e.cookie();
      }
      last = page.last();
    }
    WrongResult.unless(
        found.equals(expected), found.size() + " files are there, not " + expected.size());
  }
}
