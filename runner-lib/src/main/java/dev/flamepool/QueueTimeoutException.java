package dev.flamepool;

/**
 * No runner had room for the call in time: within {@code timeout} if the call was given one, else
 * within the pool's {@code bootTimeout}. It never started.
 */
public class QueueTimeoutException extends FlameException {
  private final transient PoolState poolState;

  /**
   * Creates one.
   *
   * @param message why, and what to do
   * @param poolState the pool when the call gave up
   */
  public QueueTimeoutException(String message, PoolState poolState) {
    super(message + "\n" + poolState);
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
