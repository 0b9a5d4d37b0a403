package dev.flamepool;

import org.jspecify.annotations.Nullable;

/**
 * Hears what becomes of one call, in the process that made it. Exceptions thrown here are logged
 * and change nothing. Any thread, one at a time.
 */
public interface CallObserver {
  /** Hears nothing. */
  CallObserver NONE = new CallObserver() {};

  /**
   * It is about to be sent to a runner; again if that one refused it or was lost.
   *
   * @param runner its name
   */
  default void sending(String runner) {}

  /**
   * That runner has no room for it: it waits in line again.
   *
   * @param runner its name
   */
  default void refused(String runner) {}

  /**
   * It is over. The last message.
   *
   * @param failure what the caller is thrown, null for a result
   */
  default void ended(@Nullable Throwable failure) {}
}
