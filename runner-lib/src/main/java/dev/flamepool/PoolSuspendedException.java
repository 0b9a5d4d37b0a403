package dev.flamepool;

/** The pool has {@code spec.suspend: true}, so it has no runners. The call never started. */
public class PoolSuspendedException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public PoolSuspendedException(String message) {
    super(message);
  }
}
