package io.troupe.lsm.group;

/** Bytes are not what they should be; the message says where and why. */
public final class MalformedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  public MalformedException(String message) {
    super(message);
  }
}
