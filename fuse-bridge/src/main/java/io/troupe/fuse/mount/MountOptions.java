package io.troupe.fuse.mount;

import java.util.Optional;

/**
 * How a volume is mounted. The kernel always checks permissions itself (default_permissions).
 *
 * @param volume its name; shows as {@code troupe:NAME} in the table of mounts
 * @param allowOther other users than the one who mounts may use it; empty: if root mounts
 * @param ignoreSetuid set-user-id bits have no effect (nosuid); always so for others than root
 * @param ignoreDevices device nodes do not work (nodev); always so for others than root
 */
public record MountOptions(
    String volume, Optional<Boolean> allowOther, boolean ignoreSetuid, boolean ignoreDevices) {
  String source() {
    return "troupe:" + volume;
  }
}
