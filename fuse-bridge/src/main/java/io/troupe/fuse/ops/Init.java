package io.troupe.fuse.ops;

import io.troupe.actors.errors.Errno;
import io.troupe.fuse.protocol.InitFlags;
import io.troupe.fuse.protocol.InitIn;
import io.troupe.fuse.protocol.InitOut;
import io.troupe.fuse.transport.Request;
import java.util.Optional;

/** INIT: the first request of a mount; kernel and server agree on version, flags and sizes. */
final class Init implements Operation {
  private static final int MAJOR = 7;

  /** The version whose layouts we write. */
  private static final int MINOR = 38;

  /** Linux 5.4; everything before it lacks layouts that we rely on. */
  private static final int OLDEST_MINOR = 31;

  private static final int PAGE_BYTES = 4096;

  // Asynchronous requests (read-ahead, direct I/O). The kernel's own default is 12, too few to keep
  // 1 MiB reads of several OSDs under way.
  private static final int MAX_BACKGROUND = 64;
  private static final int CONGESTION = 48;

  // PARALLEL_DIROPS doubles parallel lookups in one directory; without HANDLE_KILLPRIV_V2 every
  // WRITE
  // costs a GETXATTR of security.capability.
  private static final long WANTED =
      InitFlags.ASYNC_READ
          | InitFlags.ATOMIC_O_TRUNC
          | InitFlags.EXPORT_SUPPORT
          | InitFlags.BIG_WRITES
          | InitFlags.DO_READDIRPLUS
          | InitFlags.READDIRPLUS_AUTO
          | InitFlags.ASYNC_DIO
          | InitFlags.PARALLEL_DIROPS
          | InitFlags.ABORT_ERROR
          | InitFlags.MAX_PAGES
          | InitFlags.CACHE_SYMLINKS
          | InitFlags.HANDLE_KILLPRIV_V2
          | InitFlags.SETXATTR_EXT
          | InitFlags.INIT_EXT;

  private final long wanted;
  private volatile Optional<InitIn> offer = Optional.empty();
  private volatile long agreed;
  private volatile boolean done;

  Init(Caching caching) {
    wanted = WANTED | (caching.dropChangedPages() ? InitFlags.AUTO_INVAL_DATA : 0);
  }

  @Override
  public void handle(Request r) {
    InitIn in = InitIn.read(r.memory(), r.body(), (int) (r.end() - r.body()));
    offer = Optional.of(in);
    if (in.major() < MAJOR || (in.major() == MAJOR && in.minor() < OLDEST_MINOR)) {
      r.fail(Errno.EIO);
      return;
    }
    // To a higher major version we name ours, and the kernel asks again with it.
    done = in.major() == MAJOR;
    agreed = wanted & in.flags();
    new InitOut(
            MAJOR,
            Math.min(MINOR, done ? in.minor() : MINOR),
            Math.max(in.maxReadAheadBytes(), Request.MAX_PAYLOAD_BYTES),
            agreed,
            MAX_BACKGROUND,
            CONGESTION,
            Request.MAX_PAYLOAD_BYTES,
            Request.MAX_PAYLOAD_BYTES / PAGE_BYTES)
        .write(r.memory(), Request.REPLY_BODY);
    r.reply(InitOut.BYTES);
  }

  /** True once the kernel may send other requests. */
  boolean isDone() {
    return done;
  }

  boolean agreed(long flag) {
    return (agreed & flag) != 0;
  }

  /** For people. */
  String describe() {
    return offer
        .map(
            in ->
                "kernel speaks FUSE "
                    + in.major()
                    + "."
                    + in.minor()
                    + ", agreed flags 0x"
                    + Long.toHexString(agreed))
        .orElse("no INIT yet");
  }
}
