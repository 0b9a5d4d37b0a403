package dev.flamepool;

/**
 * So many bytes of calls already wait in this process for a free slot that this one was not taken.
 * It never started; try again later, or raise the pool's {@code max}.
 */
public class QueueFullException extends FlameException {
  /**
   * Creates one.
   *
   * @param message why, and what to do
   */
  public QueueFullException(String message) {
    super(message);
  }
}
