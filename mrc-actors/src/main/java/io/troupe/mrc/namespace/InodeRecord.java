package io.troupe.mrc.namespace;

import io.troupe.actors.fs.Attributes;
import io.troupe.actors.fs.FileTime;
import io.troupe.actors.fs.XLocSet;
import io.troupe.actors.volume.FileDescription;
import io.troupe.actors.volume.PendingCut;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An inode as it is stored.
 *
 * @param parent of a directory; 0 for everything else
 * @param pendingCut the size of a truncate that some OSDs may not have carried out
 * @param xlocs of a regular file
 * @param target of a symlink
 */
record InodeRecord(
    Attributes attributes,
    long parent,
    OptionalLong pendingCut,
    Optional<XLocSet> xlocs,
    Optional<byte[]> target) {

  InodeRecord with(Attributes a) {
    return new InodeRecord(a, parent, pendingCut, xlocs, target);
  }

  InodeRecord inDirectory(long newParent) {
    return new InodeRecord(attributes, newParent, pendingCut, xlocs, target);
  }

  InodeRecord toCut(OptionalLong sizeBytes) {
    return new InodeRecord(attributes, parent, sizeBytes, xlocs, target);
  }

  /** Something about the inode itself has changed, perhaps its number of names. */
  InodeRecord linked(int change, FileTime now) {
    Attributes a = attributes;
    return with(a.withLinks(a.nlink() + change).withTimes(a.atime(), a.mtime(), now));
  }

  /** A directory whose entries have changed. */
  InodeRecord touched(int linkChange, FileTime now) {
    Attributes a = attributes;
    return with(a.withLinks(a.nlink() + linkChange).withTimes(a.atime(), now, now));
  }

  boolean isDirectory() {
    return attributes.isDirectory();
  }

  FileDescription describe() {
    return new FileDescription(
        attributes,
        xlocs,
        pendingCut.isPresent()
            ? Optional.of(new PendingCut(attributes.truncateEpoch(), pendingCut.getAsLong()))
            : Optional.empty());
  }
}
