package dev.flamepool;

/**
 * The calling thread was interrupted while it waited. The remote work has been told to stop; the
 * thread's interrupt flag is set again.
 */
public class CallInterruptedException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public CallInterruptedException(String message) {
    super(message);
  }
}
