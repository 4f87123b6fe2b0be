package io.troupe.actors.fs;

/**
 * What {@code stat(2)} tells of an inode.
 *
 * @param mode file type and permission bits, as {@code st_mode}
 * @param rdev device number of a device node, in the kernel's encoding; 0 else
 * @param sizeBytes length of a file, of a symlink's target; 0 for directories
 * @param truncateEpoch counts the file's truncates; orders sizes: the size of a higher epoch is
 *     newer, within an epoch the larger one
 */
public record Attributes(
    long inode,
    int mode,
    int nlink,
    int uid,
    int gid,
    int rdev,
    long sizeBytes,
    int truncateEpoch,
    FileTime atime,
    FileTime mtime,
    FileTime ctime) {

  public Attributes withMode(int newMode) {
    return new Attributes(
        inode, newMode, nlink, uid, gid, rdev, sizeBytes, truncateEpoch, atime, mtime, ctime);
  }

  public Attributes withLinks(int newLinks) {
    return new Attributes(
        inode, mode, newLinks, uid, gid, rdev, sizeBytes, truncateEpoch, atime, mtime, ctime);
  }

  public Attributes withOwner(int newUid, int newGid) {
    return new Attributes(
        inode, mode, nlink, newUid, newGid, rdev, sizeBytes, truncateEpoch, atime, mtime, ctime);
  }

  public Attributes withSize(long newSizeBytes, int newTruncateEpoch) {
    return new Attributes(
        inode, mode, nlink, uid, gid, rdev, newSizeBytes, newTruncateEpoch, atime, mtime, ctime);
  }

  public Attributes withTimes(FileTime newAtime, FileTime newMtime, FileTime newCtime) {
    return new Attributes(
        inode, mode, nlink, uid, gid, rdev, sizeBytes, truncateEpoch, newAtime, newMtime, newCtime);
  }

  public FileType type() {
    return FileType.ofMode(mode);
  }

  public boolean isDirectory() {
    return type() == FileType.DIRECTORY;
  }

  public boolean isRegular() {
    return type() == FileType.REGULAR;
  }
}
