package io.troupe.fuse.libc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Runs a program that hands a file descriptor back over a socket, as {@code fusermount3} does. The
 * class library cannot pass descriptors to a process, and forking a JVM is not sound;
 * posix_spawn(3) is.
 */
public final class Helper {
  /** Number of the socket in the program. */
  public static final int SOCKET = 3;

  /**
   * How it ended.
   *
   * @param descriptor what it handed over, or -1
   * @param exitCode -1 if it did not end by itself
   * @param errors what it wrote to its standard error
   */
  public record Outcome(int descriptor, int exitCode, String errors) {}

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM_CLOEXEC = 1 | 02000000;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;
  private static final int O_CLOEXEC = 02000000;
  private static final int SIGKILL = 9;
  private static final int STDERR = 2;

  // posix_spawn_file_actions_t takes 80 bytes with glibc and with musl.
  private static final long FILE_ACTIONS_BYTES = 256;
  private static final int MAX_ERROR_BYTES = 8192;

  // struct msghdr: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48.
  private static final long MSGHDR_BYTES = 56;
  // struct cmsghdr: len 0 (u64), level 8, type 12, data 16; with one int, aligned to 8.
  private static final long CMSG_BYTES = 24;

  private static final FunctionDescriptor INT_POINTER = FunctionDescriptor.of(JAVA_INT, ADDRESS);
  private static final MethodHandle SOCKETPAIR =
      Symbols.withErrno(
          "socketpair", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
  private static final MethodHandle PIPE2 =
      Symbols.withErrno("pipe2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle SETSOCKOPT =
      Symbols.withErrno(
          "setsockopt",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle RECVMSG =
      Symbols.withErrno("recvmsg", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle WAITPID =
      Symbols.withErrno("waitpid", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT));
  private static final MethodHandle KILL =
      Symbols.withErrno("kill", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
  private static final MethodHandle ACTIONS_INIT =
      Symbols.plain("posix_spawn_file_actions_init", INT_POINTER);
  private static final MethodHandle ACTIONS_DESTROY =
      Symbols.plain("posix_spawn_file_actions_destroy", INT_POINTER);
  private static final MethodHandle ACTIONS_DUP2 =
      Symbols.plain(
          "posix_spawn_file_actions_adddup2",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT));
  private static final MethodHandle SPAWNP =
      Symbols.plain(
          "posix_spawnp",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));

  private Helper() {}

  /**
   * Runs it to its end, or kills it.
   *
   * @param command the program, searched in PATH, and its arguments
   * @param environment {@code NAME=value}
   * @param limit for how long it may take to hand the descriptor over
   * @throws IOException if it cannot be started
   */
  public static Outcome run(List<String> command, List<String> environment, Duration limit)
      throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = CallState.allocate(arena);
      MemorySegment pair = arena.allocate(JAVA_INT, 2);
      check(
          "socketpair",
          (int) SOCKETPAIR.invokeExact(state.memory(), AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair),
          state);
      int ours = pair.getAtIndex(JAVA_INT, 0);
      int theirs = pair.getAtIndex(JAVA_INT, 1);
      MemorySegment pipe = arena.allocate(JAVA_INT, 2);
      int piped = (int) PIPE2.invokeExact(state.memory(), pipe, O_CLOEXEC);
      int errors = pipe.getAtIndex(JAVA_INT, 0);
      try {
        check("pipe2", piped, state);
        int pid;
        try {
          pid = spawn(arena, command, environment, theirs, pipe.getAtIndex(JAVA_INT, 1));
        } finally {
          Descriptors.close(pipe.getAtIndex(JAVA_INT, 1));
          Descriptors.close(theirs);
          theirs = -1;
        }
        return supervise(arena, state, pid, ours, errors, limit);
      } finally {
        Descriptors.close(ours);
        if (theirs >= 0) {
          Descriptors.close(theirs);
        }
        if (piped == 0) {
          Descriptors.close(errors);
        }
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Symbols.unexpected(t);
    }
  }

  private static int spawn(
      Arena arena, List<String> command, List<String> environment, int socket, int errors)
      throws Throwable {
    MemorySegment actions = arena.allocate(FILE_ACTIONS_BYTES, 8);
    checkCode("posix_spawn_file_actions_init", (int) ACTIONS_INIT.invokeExact(actions));
    try {
      checkCode("adddup2", (int) ACTIONS_DUP2.invokeExact(actions, errors, STDERR));
      checkCode("adddup2", (int) ACTIONS_DUP2.invokeExact(actions, socket, SOCKET));
      MemorySegment pid = arena.allocate(JAVA_INT);
      MemorySegment argv = strings(arena, command);
      MemorySegment envp = strings(arena, environment);
      checkCode(
          "cannot start " + command.getFirst(),
          (int)
              SPAWNP.invokeExact(
                  pid,
                  arena.allocateFrom(command.getFirst()),
                  actions,
                  MemorySegment.NULL,
                  argv,
                  envp));
      return pid.get(JAVA_INT, 0);
    } finally {
      int unused = (int) ACTIONS_DESTROY.invokeExact(actions);
    }
  }

  private static Outcome supervise(
      Arena arena, CallState state, int pid, int socket, int errors, Duration limit)
      throws Throwable {
    int descriptor = receive(arena, state, socket, limit);
    boolean late = descriptor < 0 && state.errno() != 0;
    if (late) {
      int unused = (int) KILL.invokeExact(state.memory(), pid, SIGKILL);
    }
    String text = drain(arena, state, errors);
    MemorySegment status = arena.allocate(JAVA_INT);
    int waited = (int) WAITPID.invokeExact(state.memory(), pid, status, 0);
    int s = status.get(JAVA_INT, 0);
    boolean exited = waited == pid && (s & 0x7f) == 0;
    return new Outcome(descriptor, exited && !late ? (s >> 8) & 0xff : -1, text.strip());
  }

  /** The descriptor; -1 if the program closed the socket without sending one, or took too long. */
  private static int receive(Arena arena, CallState state, int socket, Duration limit)
      throws Throwable {
    MemorySegment timeout = arena.allocate(JAVA_LONG, 2);
    timeout.setAtIndex(JAVA_LONG, 0, limit.toSeconds());
    timeout.setAtIndex(JAVA_LONG, 1, limit.toNanosPart() / 1000);
    check(
        "setsockopt",
        (int) SETSOCKOPT.invokeExact(state.memory(), socket, SOL_SOCKET, SO_RCVTIMEO, timeout, 16),
        state);
    MemorySegment oneByte = arena.allocate(8, 8);
    MemorySegment vector = arena.allocate(JAVA_LONG, 2);
    vector.setAtIndex(JAVA_LONG, 0, oneByte.address());
    vector.setAtIndex(JAVA_LONG, 1, 1);
    MemorySegment control = arena.allocate(CMSG_BYTES, 8);
    MemorySegment message = arena.allocate(MSGHDR_BYTES, 8);
    message.set(JAVA_LONG, 16, vector.address());
    message.set(JAVA_LONG, 24, 1);
    message.set(JAVA_LONG, 32, control.address());
    message.set(JAVA_LONG, 40, CMSG_BYTES);
    state.clear();
    long n = (long) RECVMSG.invokeExact(state.memory(), socket, message, MSG_CMSG_CLOEXEC);
    if (n <= 0) {
      return -1;
    }
    boolean passed =
        message.get(JAVA_LONG, 40) >= 20
            && control.get(JAVA_INT, 8) == SOL_SOCKET
            && control.get(JAVA_INT, 12) == SCM_RIGHTS;
    return passed ? control.get(JAVA_INT, 16) : -1;
  }

  private static String drain(Arena arena, CallState state, int fd) {
    MemorySegment buffer = arena.allocate(MAX_ERROR_BYTES);
    int used = 0;
    while (used < MAX_ERROR_BYTES) {
      long n = Descriptors.read(fd, buffer.address() + used, MAX_ERROR_BYTES - used, state);
      if (n <= 0) {
        break;
      }
      used += (int) n;
    }
    return new String(buffer.asSlice(0, used).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  private static MemorySegment strings(Arena arena, List<String> list) {
    MemorySegment pointers = arena.allocate(ADDRESS, list.size() + 1L);
    for (int i = 0; i < list.size(); i++) {
      pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(list.get(i)));
    }
    return pointers;
  }

  private static void check(String what, int result, CallState state) throws IOException {
    if (result < 0) {
      throw new IOException(what + ": errno " + state.errno());
    }
  }

  /** The posix_spawn family returns the error number itself. */
  private static void checkCode(String what, int code) throws IOException {
    if (code != 0) {
      throw new IOException(what + (code == 2 ? ": not found" : ": errno " + code));
    }
  }
}
