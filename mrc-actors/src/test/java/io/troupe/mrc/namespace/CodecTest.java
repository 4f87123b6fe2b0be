package io.troupe.mrc.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.FileType;
import io.troupe.actors.fs.Name;
import io.troupe.actors.fs.ReplicaLocation;
import io.troupe.actors.fs.StripingPolicy;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.id.OsdId;
import io.troupe.actors.id.PartitionId;
import io.troupe.actors.id.VolumeId;
import io.troupe.actors.volume.VolumePolicy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Every record is read as it was written, and keys lie in the order that scans rely on. */
class CodecTest {
  @Property
  void inodes(
      @ForAll long seed,
      @ForAll @IntRange(max = 2) int pending,
      @ForAll @IntRange(max = 2) int kind) {
    Random r = new Random(seed);
    Attributes a =
        new Attributes(
            r.nextLong(),
            List.of(FileType.values()).get(r.nextInt(7)).bits() | r.nextInt(010000),
            r.nextInt(),
            r.nextInt(),
            r.nextInt(),
            r.nextInt(),
            r.nextLong(),
            r.nextInt(),
            time(r),
            time(r),
            time(r));
    byte[] target = new byte[r.nextInt(4096)];
    r.nextBytes(target);
    OptionalLong pendingCut =
        switch (pending) {
          case 0 -> OptionalLong.empty();
          case 1 -> OptionalLong.of(a.sizeBytes());
          default -> OptionalLong.of(r.nextLong());
        };
    InodeRecord record =
        new InodeRecord(
            a,
            r.nextLong(),
            pendingCut,
            kind == 1 ? Optional.of(xlocs(r)) : Optional.empty(),
            kind == 2 ? Optional.of(target) : Optional.empty());

    byte[] stored = InodeCodec.encode(record);
    InodeRecord read = InodeCodec.decode(a.inode(), stored);

    assertThat(read.attributes()).isEqualTo(a);
    assertThat(read.parent()).isEqualTo(record.parent());
    assertThat(read.pendingCut()).isEqualTo(pendingCut);
    assertThat(read.xlocs()).isEqualTo(record.xlocs());
    assertThat(read.target().isPresent()).isEqualTo(kind == 2);
    read.target().ifPresent(t -> assertThat(t).isEqualTo(target));
    stored[0]++;
    assertThatThrownBy(() -> InodeCodec.decode(5, stored)).hasMessageContaining("inode 5");
  }

  @Property
  void locations(@ForAll long seed) {
    XLocSet x = xlocs(new Random(seed));
    ByteBuffer stored = ByteBuffer.wrap(XLocCodec.encode(x));

    assertThat(XLocCodec.decode(stored)).isEqualTo(x);
    assertThat(stored.hasRemaining()).isFalse();
  }

  @Property
  void heads(@ForAll long seed, @ForAll boolean removing) {
    Random r = new Random(seed);
    VolumePolicy policy = new VolumePolicy(striping(r), r.nextInt(), r.nextInt(), r.nextInt());
    Head head =
        new Head(policy, r.nextLong(), r.nextLong(), r.nextLong(), removing, r.nextBoolean());

    assertThat(Head.decode(head.encode())).isEqualTo(head);
  }

  @Property
  void entries(@ForAll @Size(min = 1, max = 255) byte[] name, @ForAll long inode) {
    long cookie = Dentry.firstCookie(Name.of(name));
    Dentry entry = new Dentry(cookie, inode, Name.of(name));

    assertThat(Dentry.decode(cookie, entry.encode())).isEqualTo(entry);
    // Leaves room for "." and "..", never negative, and the ordinal's byte is free.
    assertThat(cookie).isGreaterThanOrEqualTo(256).isLessThanOrEqualTo(Long.MAX_VALUE - 255);
    assertThat(cookie & Dentry.MAX_ORDINAL).isZero();
  }

  @Property
  void keysOfAPartitionLieTogether(
      @ForAll long high, @ForAll long low, @ForAll @IntRange(max = 0xffff) int number) {
    // A uuid of ones cannot be followed, and is none that is ever drawn.
    PartitionId partition = new PartitionId(new VolumeId(new UUID(high & ~1L, low)), number);
    Keys keys = new Keys(partition.volume());
    long first = (long) number << PartitionId.INODE_BITS;
    long last = first | 0xffff_ffff_ffffL;

    for (long inode : new long[] {first, first + 1, last}) {
      for (byte[] key :
          List.of(
              keys.inode(inode),
              keys.dentry(inode, Long.MAX_VALUE),
              keys.xattr(inode, Name.of(new byte[] {-1, -1})))) {
        assertThat(Arrays.compareUnsigned(keys.firstOf(partition), key)).isLessThanOrEqualTo(0);
        assertThat(Arrays.compareUnsigned(key, keys.endOf(partition))).isLessThan(0);
        assertThat(Keys.inodeIn(key)).isEqualTo(inode);
      }
    }
    assertThat(Arrays.compareUnsigned(keys.endOf(partition), keys.inode(last + 1)))
        .satisfies(c -> assertThat(number == 0xffff || c == 0).isTrue());
  }

  @Property
  void keysOfADirectoryLieInTheOrderOfCookies(
      @ForAll long directory, @ForAll long cookie, @ForAll long other) {
    Keys keys = new Keys(new VolumeId(new UUID(1, 2)));
    byte[] key = keys.dentry(directory, cookie & Long.MAX_VALUE);
    byte[] otherKey = keys.dentry(directory, other & Long.MAX_VALUE);

    assertThat(Integer.signum(Arrays.compareUnsigned(key, otherKey)))
        .isEqualTo(Long.compare(cookie & Long.MAX_VALUE, other & Long.MAX_VALUE));
    assertThat(Keys.cookieIn(key)).isEqualTo(cookie & Long.MAX_VALUE);
    assertThat(Arrays.compareUnsigned(key, Keys.successor(keys.inode(directory)))).isLessThan(0);
  }

  @Property
  void namesOfAttributesAreInTheirKeys(@ForAll @Size(min = 1, max = 255) byte[] name) {
    Keys keys = new Keys(new VolumeId(new UUID(1, 2)));

    assertThat(Keys.nameIn(keys.xattr(9, Name.of(name)))).isEqualTo(Name.of(name));
  }

  @Property
  void nothingLiesBetweenAPrefixAndItsSuccessor(
      @ForAll @Size(min = 1, max = 6) byte[] prefix, @ForAll @Size(max = 4) byte[] more) {
    prefix[0] &= 0x7f;
    byte[] longer = Arrays.copyOf(prefix, prefix.length + more.length);
    System.arraycopy(more, 0, longer, prefix.length, more.length);
    byte[] successor = Keys.successor(prefix);

    assertThat(Arrays.compareUnsigned(longer, successor)).isLessThan(0);
    assertThat(Arrays.equals(prefix, successor)).isFalse();
    assertThat(Arrays.compareUnsigned(prefix, Keys.after(prefix))).isLessThan(0);
  }

  private static FileTime time(Random r) {
    return new FileTime(r.nextLong(), r.nextInt(1_000_000_000));
  }

  private static StripingPolicy striping(Random r) {
    return new StripingPolicy(4096 << r.nextInt(9), 1 + r.nextInt(256));
  }

  private static XLocSet xlocs(Random r) {
    List<ReplicaLocation> replicas = new ArrayList<>();
    for (int n = 1 + r.nextInt(3); n > 0; n--) {
      StripingPolicy striping = striping(r);
      List<OsdId> osds = new ArrayList<>();
      while (osds.size() < striping.width()) {
        osds.add(new OsdId(new UUID(r.nextLong(), r.nextLong())));
      }
      replicas.add(new ReplicaLocation(striping, osds));
    }
    return new XLocSet(r.nextInt(), replicas);
  }
}
