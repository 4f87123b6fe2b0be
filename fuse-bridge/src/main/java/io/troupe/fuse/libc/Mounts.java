package io.troupe.fuse.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** mount(2), umount2(2), statfs(2) and who we are. Failures are returned as {@code -errno}. */
public final class Mounts {
  public static final long MS_RDONLY = 1;
  public static final long MS_NOSUID = 2;
  public static final long MS_NODEV = 4;

  /** Take the mount out of the tree at once, end it when the last user is gone. */
  public static final int MNT_DETACH = 2;

  // struct statfs is 120 bytes on 64-bit Linux; its content does not matter here.
  private static final long STATFS_BYTES = 256;

  private static final MethodHandle MOUNT =
      Symbols.withErrno(
          "mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
  private static final MethodHandle UMOUNT2 =
      Symbols.withErrno("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle STATFS =
      Symbols.withErrno("statfs", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));
  private static final MethodHandle FSTATFS =
      Symbols.withErrno("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle GETEUID =
      Symbols.plain("geteuid", FunctionDescriptor.of(JAVA_INT));
  private static final MethodHandle GETEGID =
      Symbols.plain("getegid", FunctionDescriptor.of(JAVA_INT));

  private Mounts() {}

  public static int mount(
      String source, String directory, String type, long flags, String options) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int r =
          (int)
              MOUNT.invokeExact(
                  state.memory(),
                  arena.allocateFrom(source),
                  arena.allocateFrom(directory),
                  arena.allocateFrom(type),
                  flags,
                  arena.allocateFrom(options));
      return r < 0 ? -state.errno() : 0;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  public static int unmount(String directory, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int r = (int) UMOUNT2.invokeExact(state.memory(), arena.allocateFrom(directory), flags);
      return r < 0 ? -state.errno() : 0;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  /** Asks the file system at the path for a sign of life. */
  public static int probe(String path) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int r =
          (int)
              STATFS.invokeExact(
                  state.memory(), arena.allocateFrom(path), arena.allocate(STATFS_BYTES, 8));
      return r < 0 ? -state.errno() : 0;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  /** The same for the file system that a descriptor is in. */
  public static int probe(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int r = (int) FSTATFS.invokeExact(state.memory(), fd, arena.allocate(STATFS_BYTES, 8));
      return r < 0 ? -state.errno() : 0;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  public static int effectiveUser() {
    try {
      return (int) GETEUID.invokeExact();
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  public static int effectiveGroup() {
    try {
      return (int) GETEGID.invokeExact();
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }
}
