package dev.flamepool;

import org.jspecify.annotations.Nullable;

/** A call that could not be made or did not succeed. The message says why and what to do. */
public class FlameException extends RuntimeException {
  /**
   * Creates one without a cause.
   *
   * @param message why, and what to do
   */
  public FlameException(String message) {
    super(message);
  }

  /**
   * Creates one with a cause.
   *
   * @param message why, and what to do
   * @param cause what led to it
   */
  public FlameException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
