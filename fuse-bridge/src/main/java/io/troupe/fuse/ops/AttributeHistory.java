package io.troupe.fuse.ops;

import io.troupe.actors.fs.Attributes;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers, for the inodes seen last, which attributes the kernel was given: a file that another
 * client has changed since is then opened with its new size, and not with the one that the kernel
 * may use for a second more. (The reply to OPEN has no room for attributes.)
 *
 * <p>One fingerprint per slot, inodes share slots: what is lost costs one needless notification.
 */
final class AttributeHistory {
  private static final int SLOTS = 1 << 14;

  private final AtomicLongArray fingerprints = new AtomicLongArray(SLOTS);

  void given(Attributes a) {
    if (a.isRegular()) {
      fingerprints.setOpaque(slot(a.inode()), fingerprint(a));
    }
  }

  /** Whether these are the ones given last. False for what is not remembered. */
  boolean isWhatWasGiven(Attributes a) {
    return fingerprints.getOpaque(slot(a.inode())) == fingerprint(a);
  }

  private static int slot(long inode) {
    return (int) (mix(inode) >>> 50);
  }

  private static long fingerprint(Attributes a) {
    long h = mix(a.inode());
    h = mix(h ^ a.sizeBytes());
    h = mix(h ^ a.mtime().seconds());
    h = mix(h ^ ((long) a.mtime().nanos() << 32) ^ a.ctime().nanos());
    return mix(h ^ a.ctime().seconds());
  }

  // The finalizer of SplitMix64.
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
