package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.troupe.actors.fs.Name;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Names of one hash in one directory. Nobody finds two such names by chance, so strangers are put
 * where they would lie.
 */
class CrowdedHashTest {
  private static final PartitionId PARTITION =
      new PartitionId(new VolumeId(new UUID(1, 2)), 0xffff);
  private static final long DIRECTORY = -1L << PartitionId.INODE_BITS;
  private static final Name NAME = Name.of("name");
  private static final long FIRST = Dentry.firstCookie(NAME);

  private Overlay overlay = new Overlay(new MapRecords());
  private TreeChange tree = new TreeChange(PARTITION, overlay);

  @BeforeTry
  void emptyDirectory() {
    overlay = new Overlay(new MapRecords());
    tree = new TreeChange(PARTITION, overlay);
  }

  private void stranger(int ordinal) {
    Dentry d = new Dentry(FIRST + ordinal, 1000 + ordinal, Name.of("stranger" + ordinal));
    overlay.put(Table.DENTRY, tree.keys.dentry(DIRECTORY, d.cookie()), d.encode());
  }

  @Property
  void aNameIsFoundAmongOthersAndLeavesNoGap(
      @ForAll @IntRange(max = 20) int before, @ForAll @IntRange(max = 20) int behind) {
    for (int i = 0; i < before; i++) {
      stranger(i);
    }

    assertThat(tree.dentry(DIRECTORY, NAME)).isEmpty();
    assertThat(tree.enter(DIRECTORY, NAME, 7)).isTrue();
    for (int i = 1; i <= behind; i++) {
      stranger(before + i);
    }
    Dentry entry = tree.dentry(DIRECTORY, NAME).orElseThrow();
    assertThat(entry).isEqualTo(new Dentry(FIRST + before, 7, NAME));

    tree.redirect(DIRECTORY, entry, 8);
    assertThat(tree.dentry(DIRECTORY, NAME)).hasValue(new Dentry(FIRST + before, 8, NAME));

    tree.remove(DIRECTORY, entry);
    assertThat(tree.dentry(DIRECTORY, NAME)).isEmpty();
    List<Dentry> left = tree.list(DIRECTORY, 0, 100);
    assertThat(left).hasSize(before + behind);
    List<Long> inodes = new ArrayList<>();
    for (int i = 0; i < left.size(); i++) {
      assertThat(left.get(i).cookie()).isEqualTo(FIRST + i);
      inodes.add(left.get(i).inode());
    }
    assertThat(inodes).doesNotHaveDuplicates().doesNotContain(7L, 8L);
    assertThat(tree.crowd(DIRECTORY, FIRST)).isEqualTo(before + behind);
  }

  @Example
  void aFullHashTakesNoMoreNames() {
    for (int i = 0; i < Dentry.MAX_ORDINAL; i++) {
      stranger(i);
    }
    assertThat(tree.enter(DIRECTORY, NAME, 7)).isTrue();
    assertThat(tree.dentry(DIRECTORY, NAME).orElseThrow().cookie())
        .isEqualTo(FIRST + Dentry.MAX_ORDINAL);

    tree.remove(DIRECTORY, tree.dentry(DIRECTORY, NAME).orElseThrow());
    stranger(Dentry.MAX_ORDINAL);
    long bytes = overlay.bytes();

    assertThat(tree.enter(DIRECTORY, NAME, 7)).isFalse();
    assertThat(tree.dentry(DIRECTORY, NAME)).isEmpty();
    assertThat(overlay.bytes()).isEqualTo(bytes);
  }
}
