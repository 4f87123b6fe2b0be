package io.troupe.actors.errors;

import java.util.function.Function;

/**
 * What a request came to: a value, or a failure that callers are expected to handle.
 *
 * @param <T> the value's type; {@link Done} where there is nothing to say
 */
public sealed interface Result<T> {
  /** Success. */
  record Ok<T>(T value) implements Result<T> {}

  /**
   * Failure; the request changed nothing unless its documentation says otherwise.
   *
   * @param detail names the thing and the cause, for logs and for people; may be empty
   */
  record Failed<T>(Errno errno, String detail) implements Result<T> {
    /** The same failure, of a request with another type of value. */
    public <U> Failed<U> as() {
      return new Failed<>(errno, detail);
    }
  }

  static <T> Result<T> ok(T value) {
    return new Ok<>(value);
  }

  static <T> Result<T> failed(Errno errno, String detail) {
    return new Failed<>(errno, detail);
  }

  static <T> Result<T> failed(Errno errno) {
    return new Failed<>(errno, "");
  }

  default <U> Result<U> map(Function<? super T, ? extends U> f) {
    return switch (this) {
      case Ok<T>(T value) -> new Ok<>(f.apply(value));
      case Failed<T> f2 -> f2.as();
    };
  }

  /** The value, or a {@link FsException} for callers that handle failures as exceptions. */
  default T orThrow() {
    return switch (this) {
      case Ok<T>(T value) -> value;
      case Failed<T>(Errno errno, String detail) -> throw new FsException(errno, detail);
    };
  }
}
