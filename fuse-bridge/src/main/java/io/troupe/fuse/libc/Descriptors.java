package io.troupe.fuse.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Calls on file descriptors. Failures are returned as {@code -errno}. */
public final class Descriptors {
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_PATH = 010000000;

  private static final MethodHandle OPEN =
      Symbols.variadic("open", 2, FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle CLOSE =
      Symbols.withErrno("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  private static final MethodHandle READ =
      Symbols.withErrno("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle WRITE =
      Symbols.withErrno("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final MethodHandle IOCTL =
      Symbols.variadic("ioctl", 2, FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS));

  private Descriptors() {}

  /** Opens for reading and writing; the descriptor does not survive an exec. */
  public static int openReadWrite(String path) {
    return open(path, O_RDWR | O_CLOEXEC);
  }

  /** A descriptor that stands for the path without giving access to what is there. */
  public static int openPath(String path) {
    return open(path, O_PATH | O_CLOEXEC);
  }

  private static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int fd = (int) OPEN.invokeExact(state.memory(), arena.allocateFrom(path), flags, 0);
      return fd < 0 ? -state.errno() : fd;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  public static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      int r = (int) CLOSE.invokeExact(state.memory(), fd);
      return r < 0 ? -state.errno() : 0;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  /** Waits for data. */
  public static long read(int fd, long address, long length, CallState state) {
    try {
      long n = (long) READ.invokeExact(state.memory(), fd, address, length);
      return n < 0 ? -state.errno() : n;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  public static long write(int fd, long address, long length, CallState state) {
    try {
      long n = (long) WRITE.invokeExact(state.memory(), fd, address, length);
      return n < 0 ? -state.errno() : n;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  /** An ioctl whose argument is a pointer to an int. */
  public static int ioctl(int fd, long request, int argument) {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      MemorySegment value = arena.allocateFrom(JAVA_INT, argument);
      int r = (int) IOCTL.invokeExact(state.memory(), fd, request, value);
      return r < 0 ? -state.errno() : r;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }
}
