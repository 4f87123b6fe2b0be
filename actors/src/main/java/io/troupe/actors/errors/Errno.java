package io.troupe.actors.errors;

/**
 * The error numbers of Linux that Troupe answers with, values as in {@code
 * include/uapi/asm-generic/errno-base.h} and {@code errno.h}.
 */
public enum Errno {
  EPERM(1),
  ENOENT(2),
  EINTR(4),
  EIO(5),
  ENXIO(6),
  EBADF(9),
  EAGAIN(11),
  EACCES(13),
  EBUSY(16),
  EEXIST(17),
  EXDEV(18),
  ENOTDIR(20),
  EISDIR(21),
  EINVAL(22),
  EFBIG(27),
  ENOSPC(28),
  EROFS(30),
  EMLINK(31),
  ERANGE(34),
  ENAMETOOLONG(36),
  ENOSYS(38),
  ENOTEMPTY(39),
  ENODATA(61),
  EOPNOTSUPP(95),
  ETIMEDOUT(110),
  ESTALE(116),
  EDQUOT(122),
  E2BIG(7);

  private final int code;

  Errno(int code) {
    this.code = code;
  }

  /** The positive error number, as {@code errno} would hold it. */
  public int code() {
    return code;
  }

  private static final Errno[] BY_CODE = new Errno[128];

  static {
    for (Errno e : values()) {
      BY_CODE[e.code] = e;
    }
  }

  /**
   * The error of that number; {@link #EIO} for one that Troupe never sends, since an unknown
   * failure of a peer is a failure all the same.
   */
  public static Errno ofCode(int code) {
    Errno e = code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    return e == null ? EIO : e;
  }
}
