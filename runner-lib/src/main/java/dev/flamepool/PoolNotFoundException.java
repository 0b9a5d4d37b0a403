package dev.flamepool;

/** There is no FlamePool of that name in that namespace. Nothing was sent. */
public class PoolNotFoundException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public PoolNotFoundException(String message) {
    super(message);
  }
}
