package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * This process may not call the pool's runners, or not yet: the pool's caller Secret could not be
 * read within the time the call may wait, or a runner did not accept what was in it. The call never
 * started.
 */
public class CredentialsException extends FlameException {
  /**
   * Creates one.
   *
   * @param message which Secret, and what to do
   * @param cause what led to it, if known
   */
  public CredentialsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
