package dev.flamepool;

/**
 * The {@link Flame} is closed: it takes no more calls, and cancelled this one if it was running.
 */
public class CallerClosedException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public CallerClosedException(String message) {
    super(message);
  }
}
