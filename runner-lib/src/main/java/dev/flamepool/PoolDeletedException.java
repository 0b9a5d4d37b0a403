package dev.flamepool;

/** The pool is being deleted, or was deleted while the call waited. The call never started. */
public class PoolDeletedException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public PoolDeletedException(String message) {
    super(message);
  }
}
