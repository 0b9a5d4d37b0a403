package dev.flamepool;

/**
 * The pool has no ready runner and its backend cannot boot one; the message holds the backend's own
 * words and the last log lines. The call never started.
 */
public class BootFailedException extends FlameException {
  private final transient PoolState poolState;

  /**
   * Creates one.
   *
   * @param message why, and what to do
   * @param poolState the pool when the call gave up
   */
  public BootFailedException(String message, PoolState poolState) {
    super(message);
    this.poolState = poolState;
  }

  /**
   * The pool when the call gave up.
   *
   * @return what its status said
   */
  public PoolState poolState() {
    return poolState;
  }
}
