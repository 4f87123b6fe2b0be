package io.troupe.mrc.namespace;

import static io.troupe.mrc.namespace.SmallVolume.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.errors.Errno;
import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.Caller;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.Name;
import io.troupe.actors.volume.PendingCut;
import io.troupe.actors.volume.RenameMode;
import org.junit.jupiter.api.Test;

/** Sizes: what is reported, what is cut, and what a volume counts as used. */
class SizeTest {
  private static final Name FILE = Name.of("file");

  private final SmallVolume volume = new SmallVolume();
  private final long file = volume.file("file");

  private Attributes attributes() {
    return volume.namespace().attributes(file).orThrow();
  }

  private PendingCut cut() {
    return volume.namespace().describe(file).orThrow().pendingCut().orElseThrow();
  }

  @Test
  void aTruncateWaitsForTheOneBefore() {
    volume.grow(file, 10_000);
    volume.done(n -> n.beginTruncate(file, 0));

    volume.refused(Errno.EBUSY, n -> n.beginTruncate(file, 9_000));
    assertThat(cut()).isEqualTo(new PendingCut(1, 0));

    volume.done(n -> n.endTruncate(file, 1));
    volume.done(n -> n.beginTruncate(file, 9_000));
    assertThat(cut()).isEqualTo(new PendingCut(2, 9_000));
  }

  @Test
  void whatIsWrittenBehindAPendingCutDoesNotMoveIt() {
    volume.grow(file, 10_000);
    volume.done(n -> n.beginTruncate(file, 0));

    volume.grow(file, 5_000);

    assertThat(cut()).isEqualTo(new PendingCut(1, 0));
    assertThat(attributes().sizeBytes()).isEqualTo(5_000);
  }

  @Test
  void theEndOfAnOlderTruncateTakesNoMarkOff() {
    volume.done(n -> n.beginTruncate(file, 1));
    volume.done(n -> n.endTruncate(file, 1));
    volume.done(n -> n.beginTruncate(file, 2));

    volume.done(n -> n.endTruncate(file, 1));

    assertThat(cut()).isEqualTo(new PendingCut(2, 2));
  }

  @Test
  void aReportFromBeforeATruncateSaysNothing() {
    volume.grow(file, 10_000);
    volume.done(n -> n.beginTruncate(file, 0));
    volume.done(n -> n.endTruncate(file, 1));
    Attributes before = attributes();

    FileTime later = new FileTime(1_000_000, 0);
    Attributes answered = volume.done(n -> n.reportSize(file, 0, 20_000, later, false));

    assertThat(answered).isEqualTo(before);
    assertThat(attributes()).isEqualTo(before);
  }

  @Test
  void aReportFromBeforeATruncateStillTakesPrivilegesAway() {
    long program =
        volume
            .done(n -> n.createFile(ROOT, Name.of("program"), 06755, Caller.ROOT, true))
            .file()
            .attributes()
            .inode();
    volume.done(n -> n.beginTruncate(program, 0));
    FileTime truncated = volume.now();

    Attributes a = volume.done(n -> n.reportSize(program, 0, 9, new FileTime(1, 0), true));

    assertThat(a.mode()).isEqualTo(0100755);
    assertThat(a.mtime()).isEqualTo(truncated);
    assertThat(volume.namespace().attributes(program).orThrow()).isEqualTo(a);
  }

  @Test
  void usedBytesFollowSizes() {
    volume.grow(file, 10_000);
    volume.grow(volume.file("other"), 500);
    assertThat(volume.usedBytes()).isEqualTo(10_500);

    volume.done(n -> n.beginTruncate(file, 3_000));
    assertThat(volume.usedBytes()).isEqualTo(3_500);
  }

  @Test
  void usedBytesAreFreeOnceAFileIsGone() {
    volume.grow(file, 10_000);
    volume.grow(volume.file("other"), 500);

    volume.done(n -> n.unlink(ROOT, FILE));
    assertThat(volume.usedBytes()).as("it may still be open").isEqualTo(10_500);

    volume.done(n -> n.releaseOrphan(file));
    assertThat(volume.usedBytes()).isEqualTo(500);
    volume.done(n -> n.releaseOrphan(file));
    assertThat(volume.usedBytes()).as("of a repeated release").isEqualTo(500);
  }

  @Test
  void usedBytesAreFreeOnceARenameHasReplacedAFile() {
    volume.grow(file, 10_000);
    volume.grow(volume.file("other"), 500);

    volume.done(n -> n.rename(ROOT, Name.of("other"), ROOT, FILE, RenameMode.REPLACE));
    volume.done(n -> n.releaseOrphan(file));

    assertThat(volume.usedBytes()).isEqualTo(500);
  }

  @Test
  void targetsOfSymlinksAreNotCounted() {
    Name name = Name.of("link");
    volume.done(n -> n.makeSymlink(ROOT, name, new byte[100], Caller.ROOT));
    volume.grow(file, 7);

    volume.done(n -> n.unlink(ROOT, name));

    assertThat(volume.usedBytes()).isEqualTo(7);
  }
}
